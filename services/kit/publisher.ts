import { setTimeout as delay } from "node:timers/promises";
import { openProducer } from "./kafka.ts";
import type { EventProducer, KafkaOptions, OutgoingRecord } from "./records.ts";
import type { DeadLetterTopic, Topic } from "./topics.ts";

export interface OutboxRow {
  readonly id: bigint;
  readonly event_id: string;
  readonly topic: Topic | DeadLetterTopic;
  readonly key: string;
  readonly type: string;
  readonly payload: string | null;
  readonly occurred_at: Date;
  readonly traceparent: string;
  readonly headers: Readonly<Record<string, string>> | null;
}

export interface Publisher {
  /** Answers whether Kafka has them all; if not, it may have any. One call at a time. */
  publish(rows: readonly OutboxRow[]): Promise<boolean>;
  close(): Promise<void>;
}

/** Replaces the producer after each failure (openProducer says why) and logs each change once. */
export function createPublisher(options: KafkaOptions): Publisher {
  const { clientId, log } = options;
  let producer: EventProducer | undefined;
  let down = false;

  async function close(): Promise<void> {
    const closing = producer?.close();
    producer = undefined;
    // A broker that is gone does not answer; its socket is of no more use anyway.
    await Promise.race([closing?.catch(() => {}), delay(2_000, undefined, { ref: false })]);
  }

  return {
    close,
    async publish(rows) {
      try {
        producer ??= await openProducer(options);
        await producer.send(rows.map((row) => recordOf(row, clientId)));
      } catch (error) {
        if (!down) {
          down = true;
          log.warn({ err: error }, "Kafka is away, events wait in the outbox");
        }
        await close();
        return false;
      }
      if (down) {
        down = false;
        log.info("Kafka is back, events go out");
      }
      return true;
    },
  };
}

/** CloudEvents 1.0 in Kafka's binary mode. */
function recordOf(row: OutboxRow, service: string): OutgoingRecord {
  return {
    topic: row.topic,
    key: row.key,
    value: row.payload,
    headers: {
      "content-type": "application/json",
      ce_specversion: "1.0",
      ce_id: row.event_id,
      ce_type: row.type,
      ce_source: `/tradepost/${service}`,
      ce_subject: row.key,
      ce_time: row.occurred_at.toISOString(),
      traceparent: row.traceparent,
      ...row.headers,
    },
  };
}
