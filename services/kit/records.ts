// What goes to Kafka and comes from it, in nobody's client library's words.
import type { KafkaSecurity } from "./kafka-security.ts";
import type { Log } from "./log.ts";
import type { DeadLetterTopic, Topic } from "./topics.ts";

export interface KafkaOptions {
  /** `host:port,host:port` */
  readonly brokers: string;
  /** The service's name. */
  readonly clientId: string;
  /** Absent: plain text. */
  readonly security?: KafkaSecurity | undefined;
  readonly log: Log;
  /** Goes before the names of topics and groups, so that tests can share a broker. */
  readonly prefix?: string;
}

export interface OutgoingRecord {
  readonly topic: Topic | DeadLetterTopic;
  readonly key: string;
  readonly value: string | null;
  readonly headers: Readonly<Record<string, string>>;
}

export interface EventProducer {
  /**
   * Resolves when every in-sync replica has all records. One call at a time, and
   * none after one that threw: close it and open another. See openProducer.
   */
  send(records: readonly OutgoingRecord[]): Promise<void>;
  close(): Promise<void>;
}

export interface ReceivedRecord {
  readonly offset: bigint;
  readonly key: string;
  readonly value: string | null;
  readonly headers: Readonly<Record<string, string>>;
  /** When Kafka got it. */
  readonly time: Date;
}

export interface ReceivedBatch {
  readonly topic: Topic;
  readonly partition: number;
  readonly records: readonly ReceivedRecord[];
  /** The offset that the partition's next record will have. */
  readonly end: bigint;
  /** False once the partition may be somebody else's, or this process stops. */
  live(): boolean;
  /** Everything up to here is in effect. */
  done(offset: bigint): Promise<void>;
  /** Leaves the rest of the batch and reads it again from what is not done, after this time. */
  pause(ms: number): void;
}

export interface ConsumerOptions extends KafkaOptions {
  readonly topics: readonly Topic[];
  /** Much at a time, of all partitions at once: for who reads everything, in a group of his own. */
  readonly bulk?: boolean;
  readonly onBatch: (batch: ReceivedBatch) => Promise<void>;
  /** It will not read any more; the process had better end. */
  readonly onCrash: (error: Error) => void;
}

export interface EventConsumer {
  /** Finishes the batches in hand and leaves the group. */
  stop(): Promise<void>;
}

interface TopicRecords {
  readonly topic: string;
  readonly messages: { key: string; value: string | null; headers: Record<string, string> }[];
}

/** In the order they came, under the broker's name of each topic. */
export function byTopic(
  records: readonly OutgoingRecord[],
  nameOf: (topic: string) => string,
): TopicRecords[] {
  const topics = new Map<string, TopicRecords>();
  for (const { topic, key, value, headers } of records) {
    const known = topics.get(topic) ?? { topic: nameOf(topic), messages: [] };
    topics.set(topic, known);
    known.messages.push({ key, value, headers: { ...headers } });
  }
  return [...topics.values()];
}

/** As client libraries hand records out: bytes, and numbers as text. */
interface RawRecord {
  readonly offset: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly timestamp: string;
}

export function received({ offset, key, value, headers, timestamp }: RawRecord): ReceivedRecord {
  return {
    offset: BigInt(offset),
    key: key?.toString() ?? "",
    value: value?.toString() ?? null,
    headers: Object.fromEntries(
      Object.entries(headers ?? {}).map(([name, text]) => [name, String(text ?? "")]),
    ),
    time: new Date(Number(timestamp)),
  };
}
