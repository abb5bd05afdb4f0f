import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "mocha";
import { GetMeResponse } from "#gen/tradepost/user/v1/user.ts";
import { type Call, nobody } from "./call.ts";
import type { Tx } from "./db.ts";
import { Fault } from "./errors.ts";
import { once } from "./idempotency.ts";
import { type TestDatabase, testDatabase } from "./testing.ts";
import { createGate, faultOf } from "./testing-handlers.ts";

describe("a request with an idempotency key", () => {
  let database: TestDatabase;
  let replays: number;

  before(async () => {
    database = await testDatabase("kit");
    await database.db.query("create table effects (id int generated always as identity, key text)");
  });

  after(() => database.drop());

  beforeEach(() => {
    replays = 0;
  });

  function callWith(idempotencyKey: string | undefined, changes: Partial<Call> = {}): Call {
    return {
      rpc: "tradepost.user.v1.UserService/GetMe",
      caller: { ...nobody, userId: "user-123" },
      requestId: "r",
      traceparent: "",
      idempotencyKey,
      requestHash: Buffer.from("the same"),
      signal: new AbortController().signal,
      deadline: undefined,
      header: () => undefined,
      markReplayed: () => {
        replays += 1;
      },
      ...changes,
    };
  }

  function ask(call: Call, work: (tx: Tx) => Promise<void> = async () => {}) {
    return once(database.db, call, GetMeResponse, async (tx) => {
      const { rows } = await tx.query("insert into effects (key) values ($1) returning id", [
        call.idempotencyKey,
      ]);
      await work(tx);
      return GetMeResponse.fromPartial({ user: { id: `effect-${rows[0].id}` } });
    });
  }

  async function effects(key: string): Promise<number> {
    const { rows } = await database.db.query("select 1 from effects where key = $1", [key]);
    return rows.length;
  }

  it("takes effect once, and says so in the same words", async () => {
    const [first, second] = [await ask(callWith("k1")), await ask(callWith("k1"))];
    assert.deepEqual(second, first);
    assert.deepEqual([await effects("k1"), replays], [1, 1]);
  });

  it("takes effect once when twenty come at once", async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask(callWith("k20"))));
    assert.equal(new Set(answers.map(({ user }) => user?.id)).size, 1);
    assert.deepEqual([await effects("k20"), replays], [1, 19]);
  });

  it("is refused if it was another request's", async () => {
    await ask(callWith("k2"));
    const other = callWith("k2", { requestHash: Buffer.from("another") });
    assert.equal((await faultOf(ask(other))).reason, "IDEMPOTENCY_KEY_REUSED");
  });

  it("is another person's own", async () => {
    const first = await ask(callWith("k3"));
    const second = await ask(callWith("k3", { caller: { ...nobody, userId: "user-456" } }));
    assert.notDeepEqual(first, second);
    assert.equal(replays, 0);
  });

  it("hears again what the state said, and nothing took effect", async () => {
    const refuse = async () => {
      throw new Fault("OUT_OF_STOCK", "1 left", { metadata: { productId: "prod-199" } });
    };
    const first = await faultOf(ask(callWith("k4"), refuse));
    const second = await faultOf(ask(callWith("k4")));
    assert.deepEqual(
      [first, second].map(({ reason, message, metadata }) => [reason, message, metadata]),
      Array(2).fill(["OUT_OF_STOCK", "1 left", { productId: "prod-199" }]),
    );
    assert.deepEqual([await effects("k4"), replays], [0, 1]);
  });

  it("may be tried again after any other failure", async () => {
    const fail = async () => {
      throw new Fault("OVERLOADED", "too many wait for the database");
    };
    assert.equal((await faultOf(ask(callWith("k5"), fail))).reason, "OVERLOADED");
    await ask(callWith("k5"));
    assert.deepEqual([await effects("k5"), replays], [1, 0]);
  });

  it("does not wait for ever for the first one", async () => {
    const gate = createGate();
    const started = createGate();
    const first = ask(callWith("k6"), async () => {
      started.open();
      await gate.opened;
    });
    await started.opened;
    const second = await faultOf(ask(callWith("k6")));
    gate.open();
    await first;
    assert.deepEqual([second.reason, second.retryAfterMs], ["IDEMPOTENCY_IN_PROGRESS", 1_000]);
  });

  it("is forgotten after a day, also before its row is deleted", async () => {
    const first = await ask(callWith("k7"));
    const age = (hours: number) =>
      database.db.query(
        "update idempotency_keys set created_at = now() - $1 * interval '1 hour' where key = 'k7'",
        [hours],
      );
    await age(23.9);
    assert.deepEqual(await ask(callWith("k7")), first);
    await age(24.1);
    assert.notDeepEqual(await ask(callWith("k7", { requestHash: Buffer.from("new") })), first);
    assert.deepEqual([await effects("k7"), replays], [2, 1]);
  });

  it("is another rpc's own", async () => {
    await ask(callWith("k8"));
    await ask(callWith("k8", { rpc: "tradepost.user.v1.UserService/UpdateMe" }));
    assert.deepEqual([await effects("k8"), replays], [2, 0]);
  });

  it("keeps no answer that was the moment's: 400, 401, 403, 412, 429 or 5xx", async () => {
    const passing = [
      "INVALID_FIELD",
      "REVOKED_TOKEN",
      "NOT_OWNER",
      "STALE_ETAG",
      "RATE_LIMITED",
      "DEPENDENCY_DOWN",
      "INTERNAL",
    ] as const;
    const kept = ["PAYMENT_DECLINED", "PRODUCT_NOT_FOUND", "SKU_TAKEN"] as const;
    for (const reason of [...passing, ...kept]) {
      const refuse = async () => {
        throw new Fault(reason, "no");
      };
      await faultOf(ask(callWith(reason), refuse));
      const again = await ask(callWith(reason)).catch((error: Fault) => error.reason);
      const isKept = kept.some((one) => one === reason);
      assert.equal(again === reason, isKept, reason);
    }
    assert.equal(replays, kept.length);
  });

  it("is nothing special without one", async () => {
    const [first, second] = [await ask(callWith(undefined)), await ask(callWith(undefined))];
    assert.notDeepEqual(first, second);
  });
});
