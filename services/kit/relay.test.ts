import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "mocha";
import { inTransaction } from "./db.ts";
import { silent } from "./log.ts";
import { createMetrics } from "./metrics.ts";
import { appendToOutbox, type OutgoingEvent } from "./outbox.ts";
import { type Relay, type RelayOptions, startRelay } from "./relay.ts";
import { type TestDatabase, testDatabase } from "./testing-database.ts";
import { idsOf, type Listener, listen, type TestTopics, testTopics } from "./testing-kafka.ts";
import { uuidv7 } from "./uuid.ts";

function event(key: string, payload = "{}"): OutgoingEvent {
  return {
    id: uuidv7(),
    topic: "orders",
    key,
    type: "tradepost.test.v1.Tested",
    payload,
    time: new Date("2026-01-02T03:04:05.678Z"),
    traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
  };
}

describe("outbox relay", function () {
  this.timeout(60_000);
  let test: TestDatabase;
  let topics: TestTopics;
  let heard: Listener;
  const relays: Relay[] = [];

  before(async () => {
    [test, topics] = await Promise.all([testDatabase("kit"), testTopics({ only: ["orders"] })]);
    heard = listen(topics, "orders");
  });
  afterEach(async () => {
    await Promise.all(relays.splice(0).map((relay) => relay.stop()));
  });
  after(async () => {
    await heard.stop();
    await test.drop();
  });

  function relay(options: Partial<RelayOptions> = {}): Relay {
    const one = startRelay({
      name: "test",
      db: test.db,
      url: test.url,
      log: silent,
      ...topics,
      ...options,
    });
    relays.push(one);
    return one;
  }

  async function append(...events: OutgoingEvent[]): Promise<Set<string>> {
    await inTransaction(test.db, (tx) => appendToOutbox(tx, events));
    return new Set(events.map(({ id }) => id));
  }

  const arrived = (ids: ReadonlySet<string>) =>
    heard.until((records) => {
      const there = idsOf(records);
      return [...ids].every((id) => there.has(id));
    });

  async function waiting(): Promise<bigint> {
    const { rows } = await test.db.query<{ count: bigint }>(
      "select count(*) from outbox where published_at is null",
    );
    return rows[0]?.count ?? -1n;
  }

  it("sends what was committed, as CloudEvents, and marks it", async () => {
    const one = event("k1", '{"orderId":"k1"}');
    await append(one);
    const { wake, stop } = relay();
    wake();
    await arrived(new Set([one.id]));
    const record = heard.records.find(({ headers }) => headers.ce_id === one.id);
    assert.deepEqual(
      { key: record?.key, value: record?.value, headers: record?.headers },
      {
        key: "k1",
        value: '{"orderId":"k1"}',
        headers: {
          "content-type": "application/json",
          ce_specversion: "1.0",
          ce_id: one.id,
          ce_type: "tradepost.test.v1.Tested",
          ce_source: "/tradepost/test",
          ce_subject: "k1",
          ce_time: "2026-01-02T03:04:05.678Z",
          traceparent: one.traceparent,
        },
      },
    );
    await stop();
    assert.equal(await waiting(), 0n);
  });

  it("sends nothing of a transaction that was rolled back", async () => {
    relay();
    const lost = event("k2");
    await assert.rejects(
      inTransaction(test.db, async (tx) => {
        await appendToOutbox(tx, [lost]);
        throw new Error("no");
      }),
    );
    await arrived(await append(event("k2")));
    assert.ok(!idsOf(heard.records).has(lost.id));
  });

  it("skips no event whose transaction commits after a later one", async () => {
    const { wake } = relay();
    const early = event("early");
    await inTransaction(test.db, async (tx) => {
      await appendToOutbox(tx, [early]);
      const late = await append(event("late"));
      wake();
      // The later id is out, and marked, before the earlier one is there.
      await arrived(late);
    });
    await arrived(new Set([early.id]));
  });

  it("keeps the order of each key over many batches", async () => {
    const { wake } = relay();
    const events = Array.from({ length: 3_000 }, (_, n) => event(`ordered-${n % 7}`, `{"n":${n}}`));
    for (let at = 0; at < events.length; at += 300) {
      await append(...events.slice(at, at + 300));
      wake();
    }
    await arrived(new Set(events.map(({ id }) => id)));
    for (let key = 0; key < 7; key++) {
      const order = heard.records.filter((record) => record.key === `ordered-${key}`);
      assert.deepEqual(
        order.map(({ headers }) => headers.ce_id),
        events.filter((one) => one.key === `ordered-${key}`).map(({ id }) => id),
      );
    }
  });

  it("sends batches larger than one request may be", async () => {
    relay().wake();
    const big = JSON.stringify({ text: "ü".repeat(100_000) });
    await arrived(await append(...Array.from({ length: 12 }, () => event("big", big))));
  });

  it("sends tombstones", async () => {
    relay().wake();
    const tombstone = { ...event("gone"), payload: null };
    await arrived(await append(tombstone));
    assert.equal(heard.records.find(({ key }) => key === "gone")?.value, null);
  });

  it("has one leader, and another as soon as that one's session ends", async () => {
    relay();
    relay();
    await arrived(await append(event("led")));
    const leader = `select pid from pg_locks join pg_stat_activity using (pid)
                     where locktype = 'advisory' and granted
                       and datname = current_database() and application_name = 'test-relay'`;
    const { rows: before } = await test.db.query<{ pid: number }>(leader);
    assert.equal(before.length, 1);
    await test.db.query("select pg_terminate_backend($1)", [before[0]?.pid]);
    await arrived(await append(event("led again")));
    const { rows: afterwards } = await test.db.query<{ pid: number }>(leader);
    assert.equal(afterwards.length, 1);
    assert.notEqual(afterwards[0]?.pid, before[0]?.pid);
  });

  it("leaves events where they are while there is no Kafka, and says how many", async () => {
    const metrics = createMetrics("test");
    relay({ brokers: "", metrics }).wake();
    await append(event("waits"), event("waits"));
    const text = await metrics.metrics();
    assert.match(text, /outbox_unpublished\{service="test"\} 2\n/);
    assert.match(text, /outbox_oldest_seconds\{service="test"\} 0\.\d+\n/);
    relay().wake();
    await heard.until((records) => records.filter(({ key }) => key === "waits").length === 2);
  });
});
