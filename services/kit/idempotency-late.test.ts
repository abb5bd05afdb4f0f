import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "mocha";
import { GetMeResponse } from "#gen/tradepost/user/v1/user.ts";
import { type Call, nobody } from "./call.ts";
import { Fault } from "./errors.ts";
import { onceWithLateAnswer } from "./idempotency.ts";
import { type TestDatabase, testDatabase } from "./testing.ts";
import { createGate, faultOf } from "./testing-handlers.ts";

describe("a request with an idempotency key whose work outlasts its transaction", () => {
  let database: TestDatabase;
  let replays = 0;

  before(async () => {
    database = await testDatabase("kit");
    await database.db.query("create table effects (id int generated always as identity, key text)");
  });

  after(() => database.drop());

  beforeEach(() => {
    replays = 0;
  });

  function callWith(idempotencyKey: string, changes: Partial<Call> = {}): Call {
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

  async function effects(key: string): Promise<number> {
    const { rows } = await database.db.query("select 1 from effects where key = $1", [key]);
    return rows.length;
  }

  function askLate(call: Call, finish: () => Promise<string | undefined>) {
    return onceWithLateAnswer(database.db, call, GetMeResponse, {
      async begin(tx) {
        await tx.query("insert into effects (key) values ($1)", [call.idempotencyKey]);
        return GetMeResponse.fromPartial({ user: { id: "begun" } });
      },
      async finish() {
        const id = await finish();
        return id === undefined ? undefined : GetMeResponse.fromPartial({ user: { id } });
      },
    }).then(({ user }) => user?.id);
  }

  it("tells everybody what the first to finish told", async () => {
    const [both, go] = [createGate(), createGate()];
    let inside = 0;
    const ask = (id: string) =>
      askLate(callWith("l1"), async () => {
        if (++inside === 2) {
          both.open();
        }
        await go.opened;
        return id;
      });
    const asking = [ask("one"), ask("two")];
    await both.opened;
    go.open();
    const answers = await Promise.all(asking);
    assert.equal(new Set(answers).size, 1);
    assert.equal(await ask("three"), answers[0]);
    assert.deepEqual([await effects("l1"), inside, replays], [1, 2, 2]);
  });

  it("is finished by a repeat if the first one was cut off", async () => {
    const cut = askLate(callWith("l2"), async () => {
      throw new Fault("DEPENDENCY_DOWN", "away");
    });
    assert.equal((await faultOf(cut)).reason, "DEPENDENCY_DOWN");
    assert.equal(await askLate(callWith("l2"), async () => "done"), "done");
    const never = async () => assert.fail("it was done already");
    assert.equal(await askLate(callWith("l2"), never), "done");
    const other = callWith("l2", { requestHash: Buffer.from("another") });
    assert.equal((await faultOf(askLate(other, never))).reason, "IDEMPOTENCY_KEY_REUSED");
    assert.equal(await effects("l2"), 1);
  });

  it("keeps what was known at once", async () => {
    assert.equal(await askLate(callWith("l3"), async () => undefined), "begun");
    assert.equal(await askLate(callWith("l3"), async () => assert.fail()), "begun");
  });
});
