// Events of another life are in nobody's outbox, and offsets of it say nothing about this one.
import { topics } from "#kit/topics.ts";
import { kafkaClient } from "../verify/kafka-client.ts";
import { Refusal } from "./refusal.ts";

/** Throws when any of our topics was ever written to. */
export async function refuseUsedKafka(brokers: string): Promise<void> {
  const admin = kafkaClient(brokers, "tradepost-restore").admin();
  try {
    await admin.connect();
  } catch (error) {
    throw new Refusal(`Kafka at ${brokers} cannot be reached: ${(error as Error).message}`);
  }
  try {
    const there = new Set(await admin.listTopics());
    for (const topic of topics.flatMap((one) => [one, `${one}.dlq`])) {
      const offsets = there.has(topic) ? await admin.fetchTopicOffsets(topic) : [];
      if (offsets.some(({ high }) => high !== "0")) {
        throw new Refusal(
          `Kafka has events already, in topic ${topic}: delete the topics, or take a new Kafka`,
        );
      }
    }
  } finally {
    await admin.disconnect();
  }
}
