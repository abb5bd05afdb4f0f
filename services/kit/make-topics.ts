import { connect, nameOf } from "./kafka.ts";
import type { KafkaOptions } from "./records.ts";
import { partitionsOfTopic, type Topic, topicSettings, topics } from "./topics.ts";

/** Makes the topics that are not there yet; a running mesh makes none by accident. */
export async function ensureTopics(
  options: KafkaOptions,
  {
    partitions = partitionsOfTopic,
    replicas = 1,
    only = topics,
  }: { partitions?: number; replicas?: number; only?: readonly Topic[] } = {},
): Promise<void> {
  const admin = connect(options).admin();
  await admin.connect();
  try {
    await admin.createTopics({
      waitForLeaders: true,
      topics: topicSettings(only).map(({ topic, config }) => ({
        topic: nameOf(options, topic),
        numPartitions: partitions,
        replicationFactor: replicas,
        configEntries: Object.entries(config).map(([name, value]) => ({ name, value })),
      })),
    });
  } finally {
    await admin.disconnect();
  }
}
