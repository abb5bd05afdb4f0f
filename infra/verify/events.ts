/** I7 and I9: every event arrives, none comes from nowhere, and those of one key are in order. */
import type { ServiceName } from "../dev/services.ts";
import { allOf } from "./evidence.ts";
import { groupBy, type Invariant } from "./invariant.ts";
import type { KafkaRecord } from "./kafka-log.ts";

/** Which topics a service takes into effect or into its dead letters. */
const HEARS: Readonly<Partial<Record<ServiceName, readonly string[]>>> = {
  notification: ["orders", "payments", "users"],
  analytics: ["orders", "payments"],
  order: ["payments"],
};

/** How long an outbox keeps what was published (kit/pruning.ts). */
const OUTBOX_MS = 7 * 24 * 3_600_000;

export const atLeastOnce: Invariant = {
  id: "I7",
  name: "every event arrives, and none comes from nowhere",
  reads: ["outbox", "inbox", "deadLetters", "log"],
  rule:
    "by sets of event ids, never by counts: each published row of an outbox is in Kafka, each " +
    "record in Kafka has its row in an outbox (as far back as those are kept), and each " +
    "consumer's inbox has each event of its topics",
  *find({ outbox, inbox, log }) {
    if (!log) {
      return;
    }
    const inKafka = new Set(log.map(({ id }) => id));
    const rows = allOf(outbox);
    for (const { event_id: eventId, topic, key, service, waits } of rows) {
      if (!waits && !inKafka.has(eventId)) {
        yield {
          what: "an event that counts as published is not in Kafka",
          eventId,
          topic,
          key,
          service,
        };
      }
    }
    const written = new Set(rows.map(({ event_id }) => event_id));
    // Outboxes are emptied after seven days; topics may be kept for ever.
    const first = new Map<string, bigint>();
    for (const { id, topic, partition, offset } of log) {
      const place = `${topic}/${partition}`;
      const known = first.get(place);
      if (written.has(id) && (known === undefined || offset < known)) {
        first.set(place, offset);
      }
    }
    for (const { id: eventId, topic, partition, offset, key } of log) {
      const from = first.get(`${topic}/${partition}`);
      if (!written.has(eventId) && from !== undefined && offset > from) {
        yield { what: "a record in Kafka comes from no outbox", eventId, topic, partition, key };
      }
    }
    for (const [service, topics] of Object.entries(HEARS)) {
      const seen = new Set(inbox[service as ServiceName].map(({ event_id }) => event_id));
      for (const { id: eventId, topic, key, type, partition } of log) {
        if (topics.includes(topic) && !seen.has(eventId) && type !== "") {
          yield { what: "an event was not heard", service, eventId, topic, partition, key, type };
        }
      }
    }
  },
};

export const orderPerKey: Invariant = {
  id: "I9",
  name: "events of one key are in order",
  reads: ["history", "payments", "log"],
  rule:
    "the first records of each sequence number of an order or a payment lie in one partition, " +
    "1, 2, 3 … without a gap, offsets rising; the last of an order is that of its history. What " +
    "had left the outboxes before Kafka's log began, as after a restore, is not asked for",
  *find({ history, payments, log }) {
    if (!log) {
      return;
    }
    const told = log.filter(({ topic }) => topic === "orders" || topic === "payments");
    const kept = log.reduce((least, { time }) => Math.min(least, time), Infinity) - OUTBOX_MS;
    const transitions = groupBy(history, ({ order_id }) => order_id);
    const bornAt = new Map<string, number>([
      ...[...transitions].map(([id, [first]]) => [`orders ${id}`, first?.time ?? 0] as const),
      ...payments.map(({ id, time }) => [`payments ${id}`, time] as const),
    ]);
    const isOld = (key: string) => (bornAt.get(key) ?? Infinity) < kept;
    const last = new Map<string, number>();
    for (const [key, records] of groupBy(told, ({ topic, key }) => `${topic} ${key}`)) {
      const sequences = firstOfEach(records).map(({ sequence }) => sequence ?? 0);
      const partitions = new Set(records.map(({ partition }) => partition));
      const from = isOld(key) ? (sequences[0] ?? 1) : 1;
      if (partitions.size > 1 || sequences.some((sequence, at) => sequence !== from + at)) {
        yield { what: "events are out of order", key, sequences, partitions: [...partitions] };
      }
      last.set(key, sequences.at(-1) ?? 0);
    }
    for (const [orderId, rows] of transitions) {
      const events = last.get(`orders ${orderId}`) ?? 0;
      const isGone = events === 0 && rows.every(({ time }) => time < kept);
      if (events !== rows.length && !isGone) {
        const what = "transitions and events are not the same";
        yield { what, orderId, transitions: rows.map(({ status }) => status), events };
      }
    }
  },
};

/** Of each sequence number the first record, by offset. */
function firstOfEach(records: readonly KafkaRecord[]): KafkaRecord[] {
  const sorted = [...records].sort((a, b) => (a.offset < b.offset ? -1 : 1));
  const seen = new Set<number>();
  return sorted.filter(({ sequence }) => {
    const isNew = sequence !== undefined && !seen.has(sequence);
    seen.add(sequence ?? 0);
    return isNew;
  });
}
