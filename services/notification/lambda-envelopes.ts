/**
 * In what Lambda hands events over, and what is an event's key, id and time there.
 *
 * - Kafka, of MSK or one's own: records by `topic-partition`, key and value in base64, each header
 *   an object of its name and its bytes. The headers are those that the mesh's relays write: `ce_id`,
 *   `ce_time` and the others of CloudEvents in Kafka's binary mode.
 * - EventBridge: `detail` is the same CloudEvent in JSON. Its `id` is the event's, `subject` its key,
 *   `topic`, an extension, the topic whose events it is one of, `data` what the topic has as value.
 * - SQS: such a CloudEvent is the body, or it is in there as EventBridge or SNS wrap it. A message
 *   group keeps its order; of a queue without groups the events of each key do, in each batch.
 */
import { z } from "zod";
import { type ReceivedRecord, received } from "#kit/records.ts";

/** As an event source mapping wants to read of a record that it must bring again. */
export type Item = string | { readonly partition: string; readonly offset: number };

/** Records that come into effect one after another. */
export interface Lane {
  readonly topic: string;
  /** Of Kafka; undefined: offsets only count the records of this lane. */
  readonly partition: number | undefined;
  readonly records: readonly ReceivedRecord[];
  /** Of each record. */
  readonly items: readonly Item[];
}

export interface Delivery {
  readonly lanes: readonly Lane[];
  /** In which no event was found: their queue keeps them as dead letters of its own. */
  readonly unreadable: readonly { readonly item: Item; readonly problem: string }[];
  /** Whether the answer may name what failed; otherwise it is all or nothing. */
  readonly inParts: boolean;
}

const kafkaRecord = z.object({
  topic: z.string(),
  partition: z.int(),
  offset: z.int(),
  timestamp: z.int(),
  key: z.base64().nullish(),
  // A tombstone has null, which some write as "".
  value: z.base64().nullish(),
  headers: z.array(z.record(z.string(), z.array(z.int()))).nullish(),
});
type KafkaRecord = z.output<typeof kafkaRecord>;

const kafka = z.object({
  eventSource: z.enum(["aws:kafka", "SelfManagedKafka"]),
  records: z.record(z.string(), z.array(kafkaRecord)),
});

const message = z.object({
  eventSource: z.literal("aws:sqs"),
  messageId: z.string(),
  body: z.string(),
  attributes: z.object({ MessageGroupId: z.string().optional() }),
});

const sqs = z.object({ Records: z.array(message) });
const eventBridge = z.object({ "detail-type": z.string(), detail: z.unknown() });
const sns = z.object({ Type: z.literal("Notification"), Message: z.string() });

const cloudEvent = z.object({
  specversion: z.literal("1.0"),
  id: z.guid(),
  type: z.string(),
  source: z.string(),
  subject: z.string().min(1),
  time: z.iso.datetime({ offset: true }),
  topic: z.string(),
  traceparent: z.string().optional(),
  data: z.json(),
});

/** Throws at what is none of them. */
export function readDelivery(event: unknown): Delivery {
  if (hasField(event, "records")) {
    return ofKafka(readAs(kafka, event));
  }
  if (hasField(event, "Records")) {
    return ofQueue(readAs(sqs, event));
  }
  if (hasField(event, "detail-type")) {
    const { topic, ...record } = ofCloudEvent(readAs(eventBridge, event).detail);
    const lane = { topic, partition: undefined, records: [{ ...record, offset: 0n }], items: [""] };
    return { lanes: [lane], unreadable: [], inParts: false };
  }
  const fields = event instanceof Object ? Object.keys(event).join(", ") : typeof event;
  throw new Error(`an event of Kafka, SQS or EventBridge is expected, this has: ${fields}`);
}

function ofKafka({ records }: z.output<typeof kafka>): Delivery {
  const lanes = Object.entries(records).flatMap(([place, some]) => {
    const [first] = some;
    return first ? [laneOf(place, first, some)] : [];
  });
  return { lanes, unreadable: [], inParts: true };
}

function laneOf(place: string, { topic, partition }: KafkaRecord, some: KafkaRecord[]): Lane {
  return {
    topic,
    partition,
    records: some.map(({ offset, key, value, headers, timestamp }) =>
      received({
        offset: String(offset),
        key: key ? Buffer.from(key, "base64") : null,
        value: value ? Buffer.from(value, "base64") : null,
        headers: Object.fromEntries(
          (headers ?? []).flatMap(Object.entries<number[]>).map(([name, bytes]) => {
            return [name, Buffer.from(bytes).toString()];
          }),
        ),
        timestamp: String(timestamp),
      }),
    ),
    items: some.map(({ offset }) => ({ partition: place, offset })),
  };
}

function ofQueue({ Records: messages }: z.output<typeof sqs>): Delivery {
  const lanes = new Map<string, { topic: string; records: ReceivedRecord[]; items: string[] }>();
  const unreadable: { item: string; problem: string }[] = [];
  for (const { messageId: item, body, attributes } of messages) {
    try {
      const { topic, ...record } = ofCloudEvent(unwrapped(body));
      const name = JSON.stringify([topic, attributes.MessageGroupId ?? record.key]);
      const lane = lanes.get(name) ?? { topic, records: [], items: [] };
      lanes.set(name, lane);
      lane.records.push({ ...record, offset: BigInt(lane.records.length) });
      lane.items.push(item);
    } catch (error) {
      unreadable.push({ item, problem: String(error) });
    }
  }
  const all = [...lanes.values()].map((lane) => ({ ...lane, partition: undefined }));
  return { lanes: all, unreadable, inParts: true };
}

/** What SNS or EventBridge put into the queue, or what is there as it is. */
function unwrapped(body: string): unknown {
  const content = fromJson(body);
  if (hasField(content, "Message")) {
    return fromJson(readAs(sns, content).Message);
  }
  return hasField(content, "detail-type") ? readAs(eventBridge, content).detail : content;
}

function ofCloudEvent(
  content: unknown,
): Omit<ReceivedRecord, "offset"> & { readonly topic: string } {
  const { id, type, source, subject, time, topic, traceparent, data } = readAs(cloudEvent, content);
  return {
    topic,
    key: subject,
    value: JSON.stringify(data),
    headers: {
      ce_id: id,
      ce_type: type,
      ce_source: source,
      ce_subject: subject,
      ce_time: time,
      ...(traceparent === undefined ? {} : { traceparent }),
    },
    time: new Date(time),
  };
}

/** Says what is wrong where, never what is there: an event may hold what no log should. */
function readAs<T>(shape: z.ZodType<T>, content: unknown): T {
  const parsed = shape.safeParse(content);
  if (!parsed.success) {
    const { issues } = parsed.error;
    const problems = issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
    throw new Error(`not of the expected form: ${problems.join("; ")}`);
  }
  return parsed.data;
}

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error("not JSON");
  }
}

function hasField(content: unknown, name: string): boolean {
  return content instanceof Object && name in content;
}
