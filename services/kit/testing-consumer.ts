import { after, afterEach, before, beforeEach } from "mocha";
import { type ConsumersOptions, startConsumers } from "./consumer.ts";
import { subscription } from "./kafka.ts";
import { silent } from "./log.ts";
import type { EventConsumer, OutgoingRecord } from "./records.ts";
import { effect, type Handle } from "./testing-consumer-effect.ts";
import { type TestDatabase, testDatabase } from "./testing-database.ts";
import { publish, record, type TestTopics, testTopics } from "./testing-kafka.ts";
import { until } from "./testing-until.ts";

export { effect };

export const retry = { tries: 2, firstMs: 10, maxMs: 50 };

/** Consumers of one partition with a table for what they do, for the suite that calls it. */
export class ConsumerRig {
  /** Set while a test of the suite runs. */
  test!: TestDatabase;
  topics!: TestTopics;
  readonly #consumers: EventConsumer[] = [];

  constructor() {
    before(async () => {
      this.test = await testDatabase("kit");
      await this.test.db.query(
        "create table effects (id int generated always as identity, key text, n int)",
      );
    });
    beforeEach(async () => {
      this.topics = await testTopics({ partitions: 1, only: ["orders"] });
      await this.test.db.query("truncate effects, inbox, dead_letters, outbox");
    });
    afterEach(async () => {
      await Promise.all(this.#consumers.splice(0).map((consumer) => consumer.stop()));
    });
    after(() => this.test.drop());
  }

  start(handle: Handle = effect, options: Partial<ConsumersOptions> = {}): EventConsumer {
    const consumer = startConsumers({
      service: "test",
      db: this.test.db,
      subscriptions: [subscription({ topic: "orders", decode: { decode: JSON.parse }, handle })],
      log: silent,
      retry,
      ...this.topics,
      ...options,
    });
    this.#consumers.push(consumer);
    return consumer;
  }

  publish(...records: OutgoingRecord[]): Promise<void> {
    return publish(this.topics, records);
  }

  /** A sentinel's effect shows that all before it in the partition has been dealt with. */
  async dealtWith(): Promise<void> {
    const n = -1;
    await this.publish(record("orders", "sentinel", { n }));
    await until(async () => (await this.effects("sentinel")).includes(n));
  }

  async effects(key: string): Promise<number[]> {
    const { rows } = await this.test.db.query<{ n: number }>(
      "select n from effects where key = $1 order by id",
      [key],
    );
    return rows.map(({ n }) => n);
  }

  async deadLetters() {
    const { rows } = await this.test.db.query(
      "select key, payload, error, attempts, parked from dead_letters order by id",
    );
    return rows;
  }
}
