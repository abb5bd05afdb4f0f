const DAY_MS = 86_400_000;

/**
 * Every topic and how long it keeps what it holds: `orders` and `payments` for
 * ever, because rebuilds start at offset 0; `users` the last word on each
 * person, so that a deletion is a tombstone.
 */
const CONFIG = {
  orders: { "retention.ms": "-1" },
  payments: { "retention.ms": "-1" },
  products: { "retention.ms": "-1" },
  users: { "cleanup.policy": "compact", "min.compaction.lag.ms": "3600000" },
  notifications: { "retention.ms": String(7 * DAY_MS) },
  "analytics-results": { "retention.ms": String(7 * DAY_MS) },
} as const;

export type Topic = keyof typeof CONFIG;

export const topics = Object.keys(CONFIG) as Topic[];

/** Of each topic: at most so many replicas of a service share its work. */
export const partitionsOfTopic = 6;

/** Where events go that a consumer of `topic` could not take in. */
export type DeadLetterTopic = `${Topic}.dlq`;

export interface TopicSettings {
  readonly topic: Topic | DeadLetterTopic;
  readonly config: Readonly<Record<string, string>>;
}

/** With their dead-letter topics; in the shape that a broker's admin takes. */
export function topicSettings(some: readonly Topic[]): readonly TopicSettings[] {
  return some.flatMap((topic) => [
    { topic, config: CONFIG[topic] },
    { topic: `${topic}.dlq` as const, config: { "retention.ms": String(30 * DAY_MS) } },
  ]);
}
