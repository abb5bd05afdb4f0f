import { Gauge, type Registry } from "prom-client";
import type { Db } from "./db.ts";
import { taker } from "./intake.ts";
import { startConsumer } from "./kafka.ts";
import type { Log } from "./log.ts";
import type { EventConsumer } from "./records.ts";
import type { RetryPolicy } from "./retry.ts";
import type { Subscription } from "./subscription.ts";

export interface ConsumersOptions {
  /** Its name is the consumer group's, and the inbox's consumer. */
  readonly service: string;
  readonly db: Db;
  /** Empty: nothing is heard. */
  readonly brokers: string;
  readonly subscriptions: readonly Subscription[];
  readonly log: Log;
  readonly metrics?: Registry;
  /** After each transaction: what handlers wrote to the outbox may go. */
  readonly onCommitted?: () => void;
  readonly onCrash?: (error: Error) => void;
  readonly retry?: RetryPolicy;
  readonly prefix?: string;
}

/** Takes each event of the subscribed topics into effect once, in order of each key. */
export function startConsumers(options: ConsumersOptions): EventConsumer {
  const { service, subscriptions, brokers, log, metrics, prefix } = options;
  if (brokers === "" || subscriptions.length === 0) {
    return { stop: async () => {} };
  }
  const byTopic = new Map(subscriptions.map((one) => [one.topic as string, one]));
  if (byTopic.size !== subscriptions.length) {
    throw new Error(`${service} subscribes twice to one topic`);
  }
  const lag = lagGauge(metrics);
  const take = taker(options);
  return startConsumer({
    brokers,
    clientId: service,
    log,
    ...(prefix === undefined ? {} : { prefix }),
    topics: subscriptions.map(({ topic }) => topic),
    onCrash: options.onCrash ?? endProcess(log),
    async onBatch(batch) {
      const subscription = byTopic.get(batch.topic);
      if (!subscription) {
        throw new Error(`heard ${batch.topic} without a subscription`);
      }
      await take(subscription, batch);
      const last = batch.records.at(-1);
      lag?.set(
        { topic: batch.topic, partition: batch.partition },
        last ? Number(batch.end - last.offset - 1n) : 0,
      );
    },
  });
}

/** For the partitions this process reads; another one's are there. */
function lagGauge(metrics: Registry | undefined): Gauge<"topic" | "partition"> | undefined {
  return (
    metrics &&
    new Gauge({
      name: "consumer_lag_events",
      help: "Events of a partition that were not taken in yet.",
      labelNames: ["topic", "partition"],
      registers: [metrics],
    })
  );
}

/** A consumer that has stopped looks like one that has nothing to do; a new process reads on. */
function endProcess(log: Log): (error: Error) => void {
  return (error) => {
    log.fatal({ err: error }, "hears no more events, ending");
    process.exit(1);
  };
}
