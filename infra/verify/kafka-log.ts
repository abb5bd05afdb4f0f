/** Everything that Kafka holds, from its first offset on. */
import { topics } from "#kit/topics.ts";
import { uuidv7 } from "#kit/uuid.ts";
import { kafkaClient } from "./kafka-client.ts";

export interface KafkaRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  readonly key: string;
  /** The event's. */
  readonly id: string;
  readonly type: string;
  /** Of the aggregate; undefined where the event has none. */
  readonly sequence: number | undefined;
  readonly status: string | undefined;
  /** When Kafka got it; milliseconds since 1970. */
  readonly time: number;
}

/** As much as there was when it began; milliseconds. */
const READ_MS = 60_000;

export async function readTopics(brokers: string): Promise<KafkaRecord[]> {
  const kafka = kafkaClient(brokers, "verify");
  const admin = kafka.admin();
  const groupId = `verify-${uuidv7()}`;
  const consumer = kafka.consumer({ groupId, allowAutoTopicCreation: false });
  const records: KafkaRecord[] = [];
  await admin.connect();
  try {
    const wanted = topics.flatMap((topic) => [topic, `${topic}.dlq`]);
    const ends = new Map<string, bigint>();
    for (const topic of wanted) {
      for (const { partition, high, low } of await admin.fetchTopicOffsets(topic)) {
        if (BigInt(high) > BigInt(low)) {
          ends.set(`${topic}/${partition}`, BigInt(high));
        }
      }
    }
    if (ends.size === 0) {
      return records;
    }
    await consumer.connect();
    await consumer.subscribe({ topics: wanted, fromBeginning: true });
    await new Promise<void>((resolve, reject) => {
      const late = new Error("Kafka's log could not be read to its end");
      const timer = setTimeout(() => reject(late), READ_MS);
      const eachBatch: NonNullable<Parameters<typeof consumer.run>[0]>["eachBatch"] = async ({
        batch,
      }) => {
        const place = `${batch.topic}/${batch.partition}`;
        for (const message of batch.messages) {
          if (BigInt(message.offset) < (ends.get(place) ?? 0n)) {
            records.push(toRecord(batch.topic, batch.partition, message));
          }
        }
        if (BigInt(batch.lastOffset()) + 1n >= (ends.get(place) ?? 0n)) {
          ends.delete(place);
        }
        if (ends.size === 0) {
          clearTimeout(timer);
          resolve();
        }
      };
      consumer.run({ autoCommit: false, eachBatch }).catch(reject);
    });
  } finally {
    await consumer.disconnect().catch(() => {});
    await admin.deleteGroups([groupId]).catch(() => {});
    await admin.disconnect();
  }
  return records;
}

interface Message {
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly offset: string;
  readonly timestamp: string;
  readonly headers?: Readonly<Record<string, unknown>>;
}

function toRecord(topic: string, partition: number, message: Message): KafkaRecord {
  const { key, value, offset, headers, timestamp } = message;
  const told = parse(value);
  const sequence = Number(told.sequence);
  return {
    topic,
    partition,
    offset: BigInt(offset),
    key: key?.toString() ?? "",
    id: String(headers?.ce_id ?? ""),
    type: String(headers?.ce_type ?? ""),
    sequence: Number.isInteger(sequence) && sequence > 0 ? sequence : undefined,
    status: typeof told.status === "string" ? told.status : undefined,
    time: Number(timestamp),
  };
}

function parse(value: Buffer | null): { sequence?: unknown; status?: unknown } {
  try {
    return JSON.parse(value?.toString() ?? "{}") ?? {};
  } catch {
    return {};
  }
}
