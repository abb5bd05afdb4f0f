import { randomUUID } from "node:crypto";
import { EventEmitter, once } from "node:events";
import { openProducer, startConsumer } from "./kafka.ts";
import { silent } from "./log.ts";
import { ensureTopics } from "./make-topics.ts";
import type { OutgoingRecord, ReceivedRecord } from "./records.ts";
import { testKafka } from "./testing-harness.ts";
import type { DeadLetterTopic, Topic } from "./topics.ts";
import { uuidv7 } from "./uuid.ts";

/** This run's broker with topics that nobody else uses: hand both to a relay or a consumer. */
export interface TestTopics {
  readonly brokers: string;
  readonly prefix: string;
}

export async function testTopics(
  options: { partitions?: number; only?: readonly Topic[] } = {},
): Promise<TestTopics> {
  const brokers = await testKafka();
  const prefix = `test-${randomUUID().slice(0, 8)}.`;
  await ensureTopics(
    { brokers, prefix, clientId: "test", log: silent },
    { partitions: 2, ...options },
  );
  return { brokers, prefix };
}

/** As another service's relay would, with whatever the test wants to be wrong. */
export async function publish(
  topics: TestTopics,
  records: readonly OutgoingRecord[],
): Promise<void> {
  const producer = await openProducer({ ...topics, clientId: "test", log: silent });
  await producer.send(records);
  await producer.close();
}

export function record(topic: Topic, key: string, value: unknown, id = uuidv7()): OutgoingRecord {
  return {
    topic,
    key,
    value: JSON.stringify(value),
    headers: { ce_id: id, ce_type: "tradepost.test.v1.Tested", ce_time: "2026-01-02T03:04:05Z" },
  };
}

export interface Listener {
  /** All of the topic, from its beginning; in order within a partition. */
  readonly records: readonly ReceivedRecord[];
  /** Resolves when what was heard passes; a test's own time-out is the limit. */
  until(passes: (records: readonly ReceivedRecord[]) => boolean): Promise<void>;
  stop(): Promise<void>;
}

export function listen({ brokers, prefix }: TestTopics, topic: Topic | DeadLetterTopic): Listener {
  const records: ReceivedRecord[] = [];
  const heard = new EventEmitter();
  const consumer = startConsumer({
    brokers,
    prefix,
    clientId: `listener-${randomUUID()}`,
    log: silent,
    topics: [topic as Topic],
    async onBatch(batch) {
      records.push(...batch.records);
      heard.emit("batch");
      await batch.done(batch.records.at(-1)?.offset ?? 0n);
    },
    onCrash(error) {
      heard.emit("error", error);
    },
  });
  return {
    records,
    async until(passes) {
      while (!passes(records)) {
        await once(heard, "batch");
      }
    },
    stop: consumer.stop,
  };
}

/** The ids of events, as a set may be compared; counts hide a loss behind a repeat. */
export function idsOf(records: readonly ReceivedRecord[]): Set<string> {
  return new Set(records.map(({ headers }) => headers.ce_id ?? ""));
}
