import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { startConsumers } from "#kit/consumer.ts";
import { inTransaction } from "#kit/db.ts";
import { subscription } from "#kit/kafka.ts";
import { createLog, silent } from "#kit/log.ts";
import { ensureTopics } from "#kit/make-topics.ts";
import { appendToOutbox } from "#kit/outbox.ts";
import { startRelay } from "#kit/relay.ts";
import { effect } from "#kit/testing-consumer-effect.ts";
import { type TestDatabase, testDatabase } from "#kit/testing-database.ts";
import { until } from "#kit/testing-until.ts";
import { uuidv7 } from "#kit/uuid.ts";
import { type Kafka, startKafka } from "../infra/dev/kafka.ts";

const AWAY = "Kafka is away, events wait in the outbox";
const BACK = "Kafka is back, events go out";

describe("a Kafka that stops and starts", function () {
  this.timeout(120_000);
  let dir: string;
  let kafka: Kafka;
  let test: TestDatabase;

  before(async () => {
    dir = await mkdtemp(join(tmpdir(), "tradepost-test-outage-"));
    [kafka, test] = await Promise.all([startKafka({ dir }), testDatabase("kit")]);
    await ensureTopics({ brokers: kafka.brokers, clientId: "test", log: silent });
    await test.db.query(
      "create table effects (id int generated always as identity, key text, n int)",
    );
  });
  after(async () => {
    await kafka.stop();
    await test.drop();
    await rm(dir, { recursive: true, force: true });
  });

  /** Appends the next ten numbers under each of three keys. */
  let next = 0;
  async function append(): Promise<void> {
    const events = Array.from({ length: 30 }, (_, at) => ({
      id: uuidv7(),
      topic: "orders" as const,
      key: `k${at % 3}`,
      type: "tradepost.test.v1.Tested",
      payload: JSON.stringify({ n: next + Math.floor(at / 3) }),
      time: new Date(),
      traceparent: "",
    }));
    await inTransaction(test.db, (tx) => appendToOutbox(tx, events));
    next += 10;
  }

  async function effects(key: string): Promise<number[]> {
    const { rows } = await test.db.query<{ n: number }>(
      "select n from effects where key = $1 order by id",
      [key],
    );
    return rows.map(({ n }) => n);
  }

  it("costs no event: each arrives once, in order of its key, and the log stays short", async () => {
    const { brokers } = kafka;
    const port = Number(brokers.split(":")[1]);
    const lines: string[] = [];
    const log = createLog({ service: "test", level: "info" });
    const keep = (fields: unknown, message = String(fields)) => void lines.push(message);
    Object.assign(log, { info: keep, warn: keep, error: keep, fatal: keep });
    const common = { db: test.db, brokers, log };
    const relay = startRelay({ ...common, name: "test", url: test.url });
    const consumers = startConsumers({
      ...common,
      service: "test",
      subscriptions: [
        subscription({ topic: "orders", decode: { decode: JSON.parse }, handle: effect }),
      ],
    });
    const told = (line: string) => lines.filter((one) => one === line).length;
    const allArrived = async () => {
      const expected = Array.from({ length: next }, (_, n) => n);
      for (const key of ["k0", "k1", "k2"]) {
        await until(async () => (await effects(key)).length >= next);
        assert.deepEqual(await effects(key), expected);
      }
    };

    await append();
    relay.wake();
    await allArrived();
    for (const stop of ["stop", "kill"] as const) {
      const before = told(AWAY);
      await kafka[stop]();
      await kafka.exited;
      await until(async () => {
        await append();
        relay.wake();
        return told(AWAY) > before;
      });
      kafka = await startKafka({ dir, port });
      const up = Date.now();
      await allArrived();
      process.stdout.write(`      all there ${Date.now() - up} ms after Kafka was\n`);
      await append();
      await allArrived();
    }
    await Promise.all([relay.stop(), consumers.stop()]);
    assert.equal(told(BACK), told(AWAY));
    assert.ok(lines.length <= 30, lines.join("\n"));
  });
});
