import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "mocha";
import { startConsumers } from "#kit/consumer.ts";
import { inTransaction } from "#kit/db.ts";
import { silent } from "#kit/log.ts";
import type { EventConsumer, OutgoingRecord } from "#kit/records.ts";
import { type TestDatabase, testDatabase } from "#kit/testing.ts";
import type { Told } from "#kit/testing-intake.ts";
import { publish, type TestTopics, testTopics } from "#kit/testing-kafka.ts";
import { until } from "#kit/testing-until.ts";
import { uuidv7 } from "#kit/uuid.ts";
import { consumers } from "./consumers.ts";
import { publishWindows } from "./publishing-store.ts";
import { rebuild } from "./rebuilding.ts";
import { lifeOf } from "./testing-orders.ts";

const mugs = { productId: "mug", name: "Mug", merchantId: "m1", quantity: 2, subtotal: 2_000n };
const minute = (n: number) => new Date(Date.UTC(2026, 0, 1, 10, n));

describe("a rebuild", function () {
  this.timeout(90_000);
  let test: TestDatabase;
  let topics: TestTopics;
  let live: EventConsumer;
  let sent = 0;
  beforeEach(async () => {
    // Of its own: the service's group begins at their first event.
    topics = await testTopics({ only: ["orders", "payments"] });
    test = await testDatabase("analytics");
    sent = 0;
    live = startConsumers({
      ...topics,
      service: "analytics",
      db: test.db,
      subscriptions: consumers,
      log: silent,
    });
  });
  afterEach(async () => {
    await live.stop();
    await test.drop();
  });

  const toRecord = (topic: "orders" | "payments", { key, value, time, id }: Told) => ({
    topic,
    key,
    value,
    headers: { ce_id: id ?? uuidv7(), ce_type: "", ce_time: (time ?? minute(0)).toISOString() },
  });

  /** The events of an order that was placed, confirmed and paid in that minute. */
  function ordered(orderId: string, n: number): OutgoingRecord[] {
    const { placed, confirmed, paid } = lifeOf({ orderId, userId: orderId, items: [mugs] });
    return [
      toRecord("orders", placed(minute(n))),
      toRecord("orders", confirmed(minute(n))),
      toRecord("payments", paid(minute(n))),
    ];
  }

  async function send(...records: OutgoingRecord[]): Promise<void> {
    await publish(topics, records);
    sent += records.length;
  }

  const one = async (sql: string) => (await test.db.query(sql)).rows[0];
  const heard = () =>
    until(async () => (await one("select count(*)::int as n from inbox")).n === sent);
  const open = async () =>
    (await one("select count(*)::int as n from dead_letters where redriven_at is null")).n;
  const start = () => rebuild(test.url, { ...topics, security: undefined, log: silent });

  /** All figures, but how often windows were changed and when. */
  async function figures(): Promise<unknown[]> {
    const tables = ["window_buyers", "rollups", "rollup_buyers", "product_sales", "order_parts"];
    const queries = [
      "select start_time, currency, merchant_id, orders, units, revenue, final from windows",
      ...[...tables, "funnels", "buyers", "cohorts"].map((table) => `select * from ${table}`),
    ];
    return Promise.all(
      queries.map(async (sql) => (await test.db.query(`${sql} order by 1, 2, 3`)).rows),
    );
  }

  it("gives the same figures, puts right what was wrong, and goes on with versions", async () => {
    await send(...ordered("o1", 1), ...ordered("o2", 1), ...ordered("o3", 3));
    await heard();
    await inTransaction(test.db, publishWindows);
    const expected = await figures();
    const versions = () =>
      test.db.query("select version, published from windows order by start_time, merchant_id");
    const { rows: before } = await versions();
    await test.db.query("update windows set orders = 9 where merchant_id = ''");
    await test.db.query("delete from rollups");
    await test.db.query("update funnels set paid = 0");
    assert.deepEqual(await start(), { same: 2, changed: 2, added: 0 });
    assert.deepEqual(await figures(), expected);
    const { rows: now } = await versions();
    assert.deepEqual(
      now.map(({ version, published }, at) => [version - before[at].version, published < version]),
      [
        [1n, true],
        [0n, false],
        [1n, true],
        [0n, false],
      ],
    );
    assert.equal(await inTransaction(test.db, publishWindows), 2);
    const { n } = await one(
      "select count(*)::int as n from pg_indexes where schemaname <> 'public' and indexname ~ '^windows'",
    );
    assert.equal(n, 0, "nothing is left of it");
  });

  it("loses and doubles nothing while the service goes on", async () => {
    await send(...[1, 2, 3].flatMap((n) => ordered(`o${n}`, n)));
    await heard();
    const state = { done: false };
    const rebuilding = start().finally(() => {
      state.done = true;
    });
    let count = 3;
    while (!state.done) {
      await send(...ordered(`o${++count}`, count % 60));
    }
    await rebuilding;
    await send(...ordered(`o${++count}`, 7));
    await heard();
    const { orders, revenue } = await one(
      "select sum(orders)::int as orders, sum(revenue)::int as revenue from windows where merchant_id = ''",
    );
    assert.deepEqual([orders, revenue], [count, count * 2_499]);
    const { placed, paid } = await one(
      "select sum(placed)::int as placed, sum(paid)::int as paid from funnels where merchant_id = '' and grain = 'day'",
    );
    assert.deepEqual([placed, paid], [count, count]);
  });

  it("changes nothing where Kafka has forgotten something, or an event is bad now", async () => {
    await send(...ordered("o1", 1));
    await heard();
    const lost = `insert into windows (start_time, currency, merchant_id, orders, units, order_total,
                    unique_buyers, revenue, refunded, rejected, cancelled)
                  values ('2020-01-01', 'USD', '', 1, 1, 1, 1, 1, 1, 0, 0)`;
    await test.db.query(lost);
    const before = await figures();
    await assert.rejects(start(), /1 windows would be lost/);
    assert.deepEqual(await figures(), before);
    await test.db.query("delete from windows where start_time = '2020-01-01'");
    await send({ topic: "orders", key: "bad", value: "{", headers: { ce_id: uuidv7() } });
    await heard();
    assert.equal((await start()).same, 2, "it was bad before");
    await test.db.query("delete from dead_letters");
    await assert.rejects(start(), /1 events could not be taken in/);
  });

  it("leaves out what was given up, and counts what waited behind it", async () => {
    const bad = { topic: "orders", key: "o1", value: "{", headers: { ce_id: uuidv7() } } as const;
    await send(bad, ...ordered("o1", 1));
    await heard();
    await test.db.query(
      "update dead_letters set redriven_at = now(), discarded = true where not parked",
    );
    assert.deepEqual(await start(), { same: 0, changed: 2, added: 0 });
    const { orders } = await one("select orders from windows where merchant_id = ''");
    assert.deepEqual([orders, await open()], [1, 0]);
  });

  it("counts what could be taken in since, and is not to be sent that again", async () => {
    await send(...ordered("o1", 1));
    await heard();
    const [event] = (await test.db.query("select event_id from inbox limit 1")).rows;
    await test.db.query(
      `insert into dead_letters (consumer, topic, partition, "offset", key, event_id, type, payload,
                                 headers, error, attempts, first_failed_at)
       values ('analytics', 'orders', 0, 0, 'o1', $1, '', '{}', '{}', '', 1, now())`,
      [event.event_id],
    );
    await start();
    assert.equal(await open(), 0);
  });
});
