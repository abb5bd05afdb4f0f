/** Events into Kafka, each into the partition that it names, as relays of other services would. */
import { connect } from "#kit/kafka.ts";
import { silent } from "#kit/log.ts";
import type { TestTopics } from "#kit/testing-kafka.ts";
import type { Event } from "./events.ts";

export const TOPICS = ["orders", "payments"] as const;
const AT_ONCE = 1_000;

export async function feed(topics: TestTopics, events: Iterable<Event>): Promise<void> {
  const producer = connect({ ...topics, clientId: "feed", log: silent }).producer();
  await producer.connect();
  const send = (batch: readonly Event[]) =>
    producer.sendBatch({
      topicMessages: TOPICS.map((topic) => ({
        topic: topics.prefix + topic,
        messages: batch.filter((event) => event.topic === topic).map(messageOf),
      })),
    });
  let batch: Event[] = [];
  for (const event of events) {
    batch.push(event);
    if (batch.length === AT_ONCE) {
      await send(batch);
      batch = [];
    }
  }
  await send(batch);
  await producer.disconnect();
}

function messageOf({ key, value, partition, id, time }: Event) {
  return { key, value, partition, headers: { ce_id: id, ce_time: time.toISOString() } };
}
