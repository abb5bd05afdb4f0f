// How far a consumer group is behind: what each topic holds, against what the group has committed.
import { connect, nameOf } from "./kafka.ts";
import type { KafkaOptions } from "./records.ts";
import type { Topic } from "./topics.ts";

export interface LagWatch {
  /** Events of each topic that the group has not taken in yet. */
  ask(): Promise<ReadonlyMap<Topic, number>>;
  close(): Promise<void>;
}

/** Connects when first asked. The group is named as `startConsumer` names it. */
export function watchLag(options: KafkaOptions, topics: readonly Topic[]): LagWatch {
  const groupId = nameOf(options, options.clientId);
  const admin = connect(options).admin();
  let connected: Promise<void> | undefined;

  async function lagOf(topic: Topic): Promise<[Topic, number]> {
    const name = nameOf(options, topic);
    const [ends, [group]] = await Promise.all([
      admin.fetchTopicOffsets(name),
      admin.fetchOffsets({ groupId, topics: [name] }),
    ]);
    const committed = new Map(group?.partitions.map((one) => [one.partition, one.offset]));
    const lags = ends.map(({ partition, high, low }) => {
      const offset = BigInt(committed.get(partition) ?? -1);
      // Nothing committed: it will begin with what is there.
      return BigInt(high) - (offset < 0n ? BigInt(low) : offset);
    });
    return [topic, lags.reduce((sum, lag) => sum + Number(lag > 0n ? lag : 0n), 0)];
  }

  return {
    async ask() {
      connected ??= admin.connect();
      try {
        await connected;
        return new Map(await Promise.all(topics.map(lagOf)));
      } catch (error) {
        connected = undefined;
        throw error;
      }
    },
    async close() {
      await connected?.catch(() => {});
      await admin.disconnect();
    },
  };
}
