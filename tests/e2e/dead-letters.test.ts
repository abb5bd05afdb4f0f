import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, it } from "mocha";
import pg from "pg";
import { openProducer } from "#kit/kafka.ts";
import { silent } from "#kit/log.ts";
import type { Mesh } from "../../infra/dev/mesh.ts";
import { aMeshOfItsOwn } from "./mesh.ts";
import { eventually, type Rest } from "./rest.ts";
import { tradepost } from "./terminal.ts";

/** Five tries with 8 s between them. */
const GIVEN_UP_MS = 60_000;

describe("dead letters of a mesh", function () {
  this.timeout(180_000);
  let mesh: Mesh;
  let admin: Rest;
  let demo: Rest;
  let database: pg.Client;
  const user = `dlq-${process.pid}`;
  const lanes = ["cli", "rest", "discard"].map((name) => `${name}-${randomUUID()}`);
  const poison = lanes.map(() => randomUUID());

  let stop: (() => Promise<void>) | undefined;
  before(async () => {
    // Its records have no outbox: they come from the test.
    const own = await aMeshOfItsOwn();
    ({ mesh, stop } = own);
    admin = await own.api.as("admin@tradepost.dev");
    demo = await own.api.as("demo@tradepost.dev");
    database = new pg.Client(mesh.databaseUrls.notification);
    await database.connect();
    // What the handler cannot bear, until it is mended: one event of each lane.
    const list = poison.map((id) => `'${id}'`).join(", ");
    await database.query(
      `alter table notifications add constraint poison check (event_id not in (${list})) not valid`,
    );
    const events = lanes.flatMap((orderId, lane) =>
      [0, 1, 2, 3].map((n) => event(orderId, n === 0 ? (poison[lane] ?? "") : randomUUID(), n + 1)),
    );
    const passing = event(`good-${randomUUID()}`, randomUUID(), 1);
    const options = { brokers: mesh.kafka.brokers, clientId: "test", log: silent };
    const producer = await openProducer(options);
    await producer.send([...events, passing]);
    await producer.close();
    for (const lane of lanes) {
      await eventually(
        () => waiting(lane),
        (letters) => letters.length === 4,
        GIVEN_UP_MS,
      );
    }
    const good = () => pieces(passing.key);
    await eventually(good, ({ length }) => length === 1, GIVEN_UP_MS);
    for (const lane of lanes) {
      assert.deepEqual(await pieces(lane), [], "none of the lane has passed");
    }
    await database.query("alter table notifications drop constraint poison");
  });
  after(async () => {
    await database?.end();
    await stop?.();
  });

  function event(orderId: string, id: string, quantity: number) {
    const total = { currencyCode: "USD", amount: "1000" };
    const items = [{ productId: "prod-001", merchantId: "m", name: "Mug", quantity }];
    const value = { orderId, userId: user, sequence: "1", items, total, confirmed: {} };
    const headers = {
      ce_id: id,
      ce_type: "tradepost.order.v1.OrderConfirmed",
      ce_time: new Date().toISOString(),
    };
    return { topic: "orders" as const, key: orderId, value: JSON.stringify(value), headers };
  }

  async function waiting(key: string) {
    const { body } = await admin.get(
      `/api/v1/admin/dead-letters?service=notification&topic=orders&key=${key}`,
    );
    return body.deadLetters as { id: string; state: string; payload: string }[];
  }

  /** What of the lane took effect, in order: how many pieces each event told of. */
  async function pieces(orderId: string): Promise<number[]> {
    const { rows } = await database.query<{ body: string }>(
      "select body from notifications where order_id = $1 order by id",
      [orderId],
    );
    return rows.map(({ body }) => Number(/(\d+) (?:piece|item|article)/.exec(body)?.[1] ?? body));
  }

  const dlq = (...args: string[]) => tradepost(["dlq", ...args], { TRADEPOST_DIR: mesh.dir });

  const first = async (key: string) => (await waiting(key)).at(-1)?.id ?? "";

  it("are shown and redriven from a terminal", async () => {
    const [lane = ""] = lanes;
    const at = ["--address", mesh.addresses.notification];
    const listed = await dlq("list", "--service", "notification", "--event-key", lane, ...at);
    assert.equal(listed.code, 0, listed.err);
    assert.match(
      listed.out,
      /^ID +STATE +TOPIC +KEY .*\n(.* parked .*\n){3}.* dead .*violates check/,
    );
    const lines = await dlq("list", "--service", "notification", "--json", ...at);
    const letters = lines.out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    assert.equal(letters.filter(({ key }) => lanes.includes(key)).length, 12);
    const id = await first(lane);
    const shown = await dlq("show", id, ...at);
    assert.match(shown.out, /state +dead.*3 parked.*"orderId"/s);
    const redriven = await dlq("redrive", id, "--reason", "mended", ...at);
    assert.equal(redriven.code, 0, redriven.err);
    assert.match(redriven.out, /is redriven; 4 took effect, none of its key waits/);
    assert.deepEqual(await pieces(lane), [1, 2, 3, 4]);
    const again = await dlq("redrive", id, ...at);
    assert.equal(again.code, 1);
    assert.match(again.err, /WRONG_DEAD_LETTER_STATE/);
  });

  it("are redriven over REST: each takes effect once, in order", async () => {
    const lane = lanes[1] ?? "";
    const letters = await waiting(lane);
    assert.deepEqual(
      letters.map(({ state }) => state),
      ["PARKED", "PARKED", "PARKED", "DEAD"],
    );
    const id = await first(lane);
    const path = `/api/v1/admin/dead-letters/${id}`;
    assert.equal((await demo.get(path)).status, 403);
    assert.equal((await demo.post(`${path}:redrive`)).status, 403);
    const parked = await admin.post(`/api/v1/admin/dead-letters/${letters[0]?.id}:redrive`);
    assert.deepEqual([parked.status, parked.body.metadata.firstId], [409, id]);
    const key = { "idempotency-key": randomUUID() };
    const answer = await admin.post(`${path}:redrive`, { reason: "mended" }, key);
    assert.deepEqual(
      [answer.status, answer.body.deadLetter?.state, answer.body.taken, answer.body.waiting],
      [200, "REDRIVEN", 4, 0],
      answer.text,
    );
    const again = await admin.post(`${path}:redrive`, { reason: "mended" }, key);
    assert.deepEqual([again.text, again.headers.get("idempotent-replayed")], [answer.text, "true"]);
    assert.deepEqual(await pieces(lane), [1, 2, 3, 4]);
    assert.equal((await admin.get(path)).body.state, "REDRIVEN");
    assert.deepEqual(await waiting(lane), []);
  });

  it("are discarded for a reason, which frees what is behind them", async () => {
    const lane = lanes[2] ?? "";
    const path = `/api/v1/admin/dead-letters/${await first(lane)}`;
    assert.equal((await admin.post(`${path}:discard`)).status, 400);
    const { status, body } = await admin.post(`${path}:discard`, { reason: "no such order" });
    assert.deepEqual([status, body.deadLetter.state, body.taken], [200, "DISCARDED", 3]);
    assert.deepEqual(await pieces(lane), [2, 3, 4]);
    const { rows } = await database.query(
      "select actor, act, reason, address from audit order by sequence desc limit 1",
    );
    assert.deepEqual(rows, [
      {
        actor: "user-admin",
        act: "dead-letter.discard",
        reason: "no such order",
        address: "127.0.0.1",
      },
    ]);
    assert.deepEqual((await database.query("select * from audit_mismatches")).rows, []);
  });

  it("are asked of every service where none is named", async () => {
    const all = await admin.get("/api/v1/admin/dead-letters?pageSize=1");
    assert.equal(all.status, 200, all.text);
    assert.equal((await admin.get("/api/v1/admin/dead-letters:count")).status, 200);
    const nobody = await admin.get("/api/v1/admin/dead-letters?service=sofa");
    assert.deepEqual([nobody.status, nobody.body.violations[0].field], [400, "service"]);
    const unknown = await admin.get("/api/v1/admin/dead-letters/sofa_1");
    assert.deepEqual([unknown.status, unknown.body.reason], [404, "DEAD_LETTER_NOT_FOUND"]);
  });

  it("are not for wrong words: one sentence, and 2", async () => {
    const wrong: [args: string[], says: RegExp][] = [
      [["show", "17"], /17 is no dead letter's id: tradepost dlq list tells them/],
      [["redrive"], /missing required argument 'id'/],
      [["discard", "notification_1"], /required option '--reason <text>' not specified/],
      [["discard", "notification_1", "--reason", " "], /--reason is empty/],
      [["list", "--limit", "many"], /--limit is many: it must be a number/],
      [["list", "--address", "127.0.0.1:1"], /name it by --service/],
    ];
    for (const [args, says] of wrong) {
      const { code, err } = await dlq(...args);
      assert.equal(code, 2, err);
      assert.match(err, says);
      assert.equal(err.trim().split("\n").length, 1);
    }
  });
});
