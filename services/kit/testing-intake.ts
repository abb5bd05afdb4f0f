// For tests only: events taken in as from Kafka, through the inbox, without a broker.
import type { Db } from "./db.ts";
import { taker } from "./intake.ts";
import { type Codec, jsonCodec } from "./json.ts";
import { silent } from "./log.ts";
import type { Subscription } from "./subscription.ts";
import type { Topic } from "./topics.ts";
import { uuidv7 } from "./uuid.ts";

export interface Told {
  readonly key: string;
  /** Canonical proto3 JSON. */
  readonly value: string;
  /** Absent: a new one. */
  readonly id?: string;
  readonly time?: Date;
  readonly partition?: number;
}

export interface Ear {
  /** A batch of each partition; in effect when this returns. Throws where the intake would wait. */
  hear(topic: Topic, ...told: readonly Told[]): Promise<void>;
}

export function testIntake(service: string, db: Db, subscriptions: readonly Subscription[]): Ear {
  const take = taker({ service, db, log: silent, retry: { tries: 1, firstMs: 1, maxMs: 1 } });
  let offset = 0n;
  return {
    async hear(topic, ...told) {
      const subscription = subscriptions.find((one) => one.topic === topic);
      if (!subscription) {
        throw new Error(`${service} does not hear ${topic}`);
      }
      for (const partition of new Set(told.map((one) => one.partition ?? 0))) {
        const some = told.filter((one) => (one.partition ?? 0) === partition);
        await take(subscription, {
          topic,
          partition,
          records: some.map(({ key, value, id = uuidv7(), time = new Date() }) => ({
            offset: offset++,
            key,
            value,
            headers: { ce_id: id, ce_time: time.toISOString() },
            time,
          })),
          end: offset,
          live: () => true,
          done: async () => {},
          pause() {
            throw new Error(`${service} would wait with ${topic}`);
          },
        });
      }
    },
  };
}

/** What the record of a partial message is: fields that are left out have their defaults. */
export function recordOf<T>(
  type: Codec<T> & { fromPartial(partial: object): T },
  key: string,
  partial: object,
): Told {
  return { key, value: jsonCodec(type).encode(type.fromPartial(partial)) };
}
