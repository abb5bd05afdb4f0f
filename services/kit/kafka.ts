// The only file that knows kafkajs, which has no maintainer: another client must be able to take its place.
import { setTimeout as delay } from "node:timers/promises";
import { Kafka, logLevel, Partitioners, type RetryOptions, type SASLOptions } from "kafkajs";
import { isAway } from "./kafka-away.ts";
import { letRest } from "./kafka-idle.ts";
import { kafkaLog } from "./kafka-log.ts";
import { wholeAnswers } from "./kafka-socket.ts";
import {
  byTopic,
  type ConsumerOptions,
  type EventConsumer,
  type EventProducer,
  type KafkaOptions,
  received,
} from "./records.ts";
import { eventually, jittered } from "./retry.ts";
import type { Topic } from "./topics.ts";

export { subscription } from "./subscription.ts";

letRest();

// Callers have their own, slower way of trying again.
const RETRY = { retries: 2, initialRetryTime: 100, maxRetryTime: 500 };
// Until it gives up it stays the same member of its group, for which nobody has to wait.
const KEEP_TRYING = { retries: 30, initialRetryTime: 100, maxRetryTime: 1_000 };

// What one answer of the broker may hold, in bytes; nobody waits for what such a group had.
const BULK = { maxBytesPerPartition: 2 ** 20, maxBytes: 12 * 2 ** 20, sessionTimeout: 60_000 };

/**
 * An idempotent producer for one sender. kafkajs loses acknowledged records
 * when two sends are in flight and a connection breaks (tulios/kafkajs#1005).
 * After a send that failed, its sequence numbers may already be taken at the
 * broker; other records under the same numbers would be dropped as repeats.
 */
export async function openProducer(options: KafkaOptions): Promise<EventProducer> {
  const sentTo = new Set<string>();
  const producer = connect(options).producer({
    idempotent: true,
    maxInFlightRequests: 1,
    allowAutoTopicCreation: false,
    retry: { ...RETRY, retries: 4 },
    createPartitioner() {
      const partition = Partitioners.DefaultPartitioner();
      return (record) => {
        const chosen = partition(record);
        sentTo.add(`${record.topic}/${chosen}`);
        return chosen;
      };
    },
  });
  try {
    await producer.connect();
  } catch (error) {
    await producer.disconnect().catch(() => {});
    throw error;
  }
  return {
    async send(records) {
      sentTo.clear();
      const answers = await producer.sendBatch({
        acks: -1,
        topicMessages: byTopic(records, (topic) => nameOf(options, topic)),
      });
      for (const { topicName, partition } of answers) {
        sentTo.delete(`${topicName}/${partition}`);
      }
      // kafkajs does not send again to a broker that has answered, even if a
      // partition has moved there meanwhile (producer/sendMessages.js).
      if (sentTo.size > 0) {
        throw new Error(`no broker has acknowledged ${[...sentTo].join(", ")}`);
      }
    },
    close: () => producer.disconnect(),
  };
}

/** Reads for ever, from the beginning when the group is new. Never rejects: Kafka may be away. */
export function startConsumer(options: ConsumerOptions): EventConsumer {
  const { log, clientId, prefix = "", topics, bulk = false, onBatch, onCrash } = options;
  const consumer = connect(options, KEEP_TRYING).consumer({
    groupId: `${prefix}${clientId}`,
    allowAutoTopicCreation: false,
    // What a process killed with -9 costs its partitions.
    sessionTimeout: 10_000,
    heartbeatInterval: 1_000,
    rebalanceTimeout: 20_000,
    // The broker gathers this long, or this much: a transaction costs much the same for one event
    // as for fifty. A paused partition is looked at again no later than this.
    minBytes: 256 * 1024,
    maxWaitTimeInMs: 250,
    ...(bulk && BULK),
    retry: KEEP_TRYING,
  });
  const state = { stopped: false };
  let joined: boolean | undefined;
  consumer.on("consumer.group_join", () => {
    log.info({ topics }, joined === false ? "hears events again" : "hears events");
    joined = true;
  });
  consumer.on("consumer.crash", ({ payload: { error, restart } }) => {
    if (state.stopped) {
      return;
    }
    if (!restart && !isAway(error)) {
      onCrash(error);
      return;
    }
    away(error);
    if (!restart) {
      running = running
        .then(() => delay(jittered(1_000)))
        .then(() => eventually(start, state, away));
    }
  });
  const away = (error: unknown) => {
    if (joined !== false) {
      log.warn({ err: error }, "hears no events while Kafka is away, trying again");
    }
    joined = false;
  };
  const run = () =>
    consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: bulk ? 64 : 2,
      async eachBatch({ batch, resolveOffset, heartbeat, commitOffsetsIfNecessary, ...kafka }) {
        const { topic, partition } = batch;
        await onBatch({
          topic: topic.slice(prefix.length) as Topic,
          partition,
          records: batch.messages.map(received),
          end: BigInt(batch.highWatermark),
          live: () => !state.stopped && kafka.isRunning() && !kafka.isStale(),
          async done(offset) {
            resolveOffset(String(offset));
            const partitions = [{ partition, offset: String(offset + 1n) }];
            await commitOffsetsIfNecessary({ topics: [{ topic, partitions }] });
            await heartbeat();
          },
          pause: (ms) => void setTimeout(kafka.pause(), ms).unref(),
        });
      },
    });
  const start = async () => {
    await consumer.connect();
    await consumer.subscribe({
      topics: topics.map((topic) => prefix + topic),
      fromBeginning: true,
    });
    await run();
  };
  let running = eventually(start, state, away);
  return {
    async stop() {
      state.stopped = true;
      // kafkajs may wait for ever for a broker that is gone.
      await Promise.race([
        running.then(() => consumer.disconnect()),
        delay(5_000, undefined, { ref: false }),
      ]);
    },
  };
}

export function connect(
  { brokers, clientId, log, security }: KafkaOptions,
  retry: RetryOptions = RETRY,
): Kafka {
  return new Kafka({
    clientId,
    brokers: brokers.split(","),
    ...(security && {
      ssl: security.ca === undefined ? true : { ca: security.ca },
      ...(security.sasl && { sasl: security.sasl as SASLOptions }),
    }),
    connectionTimeout: 2_000,
    requestTimeout: 10_000,
    retry,
    socketFactory: wholeAnswers,
    logLevel: logLevel.WARN,
    logCreator: () => kafkaLog(log),
  });
}

export function nameOf({ prefix = "" }: KafkaOptions, topic: string): string {
  return `${prefix}${topic}`;
}
