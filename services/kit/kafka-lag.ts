// How far a consumer group is behind: what each topic holds, against what the group has committed.
import { setTimeout as delay } from "node:timers/promises";
import { connect, nameOf } from "./kafka.ts";
import type { KafkaOptions } from "./records.ts";
import type { Topic } from "./topics.ts";

export interface LagWatch {
  /** Events of each topic that the group has not taken in yet. */
  ask(): Promise<ReadonlyMap<Topic, number>>;
  /** Until the group has taken in all that the topics held when this was asked. */
  caughtUp(signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

/** Where a group is in a partition, and where that ends. */
interface Place {
  readonly partition: number;
  readonly committed: bigint;
  readonly end: bigint;
}

/** How often to ask how far who catches up is, in milliseconds. */
const ASK_MS = 100;
/** A group that has just begun has no coordinator yet; in milliseconds. */
const PATIENCE_MS = 15_000;

/** Connects when first asked. The group is named as `startConsumer` names it. */
export function watchLag(options: KafkaOptions, topics: readonly Topic[]): LagWatch {
  const groupId = nameOf(options, options.clientId);
  const admin = connect(options).admin();
  let connected: Promise<void> | undefined;

  async function placesIn(topic: Topic): Promise<Place[]> {
    const name = nameOf(options, topic);
    const [ends, [group]] = await Promise.all([
      admin.fetchTopicOffsets(name),
      admin.fetchOffsets({ groupId, topics: [name] }),
    ]);
    const committed = new Map(group?.partitions.map((one) => [one.partition, one.offset]));
    return ends.map(({ partition, high, low }) => {
      const offset = BigInt(committed.get(partition) ?? -1);
      // Nothing committed: it will begin with what is there.
      return { partition, committed: offset < 0n ? BigInt(low) : offset, end: BigInt(high) };
    });
  }

  async function places(): Promise<[Topic, Place[]][]> {
    connected ??= admin.connect();
    try {
      await connected;
      return await Promise.all(
        topics.map(async (topic): Promise<[Topic, Place[]]> => [topic, await placesIn(topic)]),
      );
    } catch (error) {
      connected = undefined;
      throw error;
    }
  }

  async function placesSoon(signal: AbortSignal): Promise<[Topic, Place[]][]> {
    const end = Date.now() + PATIENCE_MS;
    while (true) {
      try {
        return await places();
      } catch (error) {
        if (Date.now() > end) {
          throw error;
        }
        await delay(ASK_MS);
        signal.throwIfAborted();
      }
    }
  }

  return {
    async ask() {
      const lagOf = ({ committed, end }: Place) => (end > committed ? Number(end - committed) : 0);
      const all = await places();
      return new Map(
        all.map(([topic, some]) => [topic, some.reduce((sum, place) => sum + lagOf(place), 0)]),
      );
    },
    async caughtUp(signal) {
      const asked = new Map(
        (await placesSoon(signal)).map(([topic, some]) => [
          topic,
          new Map(some.map(({ partition, end }) => [partition, end])),
        ]),
      );
      const isBehind = (topic: Topic, { partition, committed }: Place) =>
        committed < (asked.get(topic)?.get(partition) ?? 0n);
      const isDone = async () =>
        (await placesSoon(signal)).every(([topic, some]) =>
          some.every((place) => !isBehind(topic, place)),
        );
      while (!(await isDone())) {
        await delay(ASK_MS);
        signal.throwIfAborted();
      }
    },
    async close() {
      await connected?.catch(() => {});
      await admin.disconnect();
    },
  };
}
