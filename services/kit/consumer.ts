import { Gauge, type Registry } from "prom-client";
import type { Db } from "./db.ts";
import { taker } from "./intake.ts";
import { startConsumer } from "./kafka.ts";
import { type LagWatch, watchLag } from "./kafka-lag.ts";
import type { KafkaSecurity } from "./kafka-security.ts";
import type { Log } from "./log.ts";
import type { EventConsumer } from "./records.ts";
import type { RetryPolicy } from "./retry.ts";
import { asked } from "./scrape.ts";
import type { Subscription } from "./subscription.ts";

export interface ConsumersOptions {
  /** Its name is the consumer group's, and the inbox's consumer. */
  readonly service: string;
  readonly db: Db;
  /** Empty: nothing is heard. */
  readonly brokers: string;
  readonly security?: KafkaSecurity | undefined;
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
  const { service, subscriptions, brokers, security, log, metrics, prefix } = options;
  if (brokers === "" || subscriptions.length === 0) {
    return { stop: async () => {} };
  }
  const byTopic = new Map(subscriptions.map((one) => [one.topic as string, one]));
  if (byTopic.size !== subscriptions.length) {
    throw new Error(`${service} subscribes twice to one topic`);
  }
  const take = taker(options);
  const kafka = {
    brokers,
    security,
    clientId: service,
    log,
    ...(prefix === undefined ? {} : { prefix }),
  };
  const topics = subscriptions.map(({ topic }) => topic);
  const watch = metrics && watchLag(kafka, topics);
  if (watch) {
    lagGauge(options, watch, metrics);
  }
  const consumer = startConsumer({
    ...kafka,
    topics,
    onCrash: options.onCrash ?? endProcess(log),
    async onBatch(batch) {
      const subscription = byTopic.get(batch.topic);
      if (!subscription) {
        throw new Error(`heard ${batch.topic} without a subscription`);
      }
      await take(subscription, batch);
    },
  });
  return {
    async stop() {
      await Promise.all([consumer.stop(), watch?.close()]);
    },
  };
}

/** Asked of Kafka at most so often, in milliseconds. */
const LAG_FRESH_MS = 5_000;

function lagGauge({ service: consumer }: ConsumersOptions, watch: LagWatch, metrics: Registry) {
  const ask = asked(watch.ask, LAG_FRESH_MS);
  new Gauge({
    name: "consumer_lag_events",
    help: "Events of a topic that the consumer's group, all its processes, has not taken in yet.",
    labelNames: ["consumer", "topic"],
    registers: [metrics],
    async collect() {
      for (const [topic, lag] of (await ask()) ?? []) {
        this.set({ consumer, topic }, lag);
      }
    },
  });
}

/** A consumer that has stopped looks like one that has nothing to do; a new process reads on. */
function endProcess(log: Log): (error: Error) => void {
  return (error) => {
    log.fatal({ err: error }, "hears no more events, ending");
    process.exit(1);
  };
}
