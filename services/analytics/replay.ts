/** All events from the first on, counted into a database that nobody is shown. */
import type { Db } from "#kit/db.ts";
import { startConsumer } from "#kit/kafka.ts";
import { watchLag } from "#kit/kafka-lag.ts";
import type { KafkaSecurity } from "#kit/kafka-security.ts";
import type { Log } from "#kit/log.ts";
import { uuidv7 } from "#kit/uuid.ts";
import { biter } from "./bites.ts";
import { sources } from "./counting.ts";

export interface Events {
  readonly brokers: string;
  readonly security: KafkaSecurity | undefined;
  readonly log: Log;
  /** Goes before the names of topics. */
  readonly prefix?: string;
}

export interface Replay {
  /** Until everything is counted that Kafka had when this was asked; throws when `signal` is aborted. */
  caughtUp(signal?: AbortSignal): Promise<void>;
  stop(): Promise<void>;
}

export function startReplay(events: Events, db: Db): Replay {
  // A group of its own begins with offset 0; its inbox is to be the service's.
  const kafka = { ...events, clientId: `analytics-rebuild-${uuidv7()}` };
  const topics = sources.map(({ topic }) => topic);
  const ending = new AbortController();
  const consumer = startConsumer({
    ...kafka,
    topics,
    onCrash: (error) => ending.abort(error),
    bulk: true,
    onBatch: biter(db, events.log),
  });
  const lag = watchLag(kafka, topics);
  return {
    caughtUp: (signal) =>
      lag.caughtUp(signal ? AbortSignal.any([signal, ending.signal]) : ending.signal),
    async stop() {
      await Promise.all([consumer.stop(), lag.close()]);
    },
  };
}
