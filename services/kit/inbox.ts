import { createHash } from "node:crypto";
import { named, type Tx } from "./db.ts";
import type { ReceivedRecord } from "./records.ts";
import type { Heard, Subscription } from "./subscription.ts";
import type { Topic } from "./topics.ts";

/** A record as a consumer sees it: an event, or what is wrong with it. */
export interface Incoming {
  readonly id: string;
  readonly key: string;
  readonly record: ReceivedRecord;
  readonly event?: Heard<unknown>;
  readonly unreadable?: string;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export function readRecord(
  { topic, decode }: Pick<Subscription, "topic" | "decode">,
  partition: number,
  record: ReceivedRecord,
): Incoming {
  const { headers, offset, value } = record;
  const key = storable(record.key);
  const given = headers.ce_id ?? "";
  const id = UUID.test(given) ? given.toLowerCase() : idOfPlace(topic, partition, offset);
  const time = new Date(headers.ce_time ?? "");
  const event = {
    id,
    type: headers.ce_type ?? "",
    key,
    time: Number.isNaN(time.getTime()) ? record.time : time,
    partition,
    offset,
  };
  try {
    return { id, key, record, event: { ...event, value: decode.decode(value ?? "") } };
  } catch (error) {
    return { id, key, record, unreadable: String(error) };
  }
}

/** The same at each delivery, so that a record without an id of its own also counts once. */
function idOfPlace(topic: Topic, partition: number, offset: bigint): string {
  const hex = createHash("sha256").update(`${topic}/${partition}/${offset}`).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** PostgreSQL's text has no NUL and its jsonb no half a surrogate pair. */
export function storable(text: string): string {
  return Buffer.from(text.replaceAll("\0", "\uFFFD")).toString();
}

export interface Fresh {
  /** In the order they came, each once. */
  readonly incoming: readonly Incoming[];
  /** Keys of which an earlier event waits in the dead letters. */
  readonly blockedKeys: ReadonlySet<string>;
}

/** Marks all as seen and answers those that were not seen before. */
export async function markSeen(
  tx: Tx,
  consumer: string,
  topic: Topic,
  incoming: readonly Incoming[],
): Promise<Fresh> {
  const { rows } = await tx.query<{ event_id: string; blocked: boolean }>(
    mark([consumer, topic, incoming.map(({ id }) => id), incoming.map(({ key }) => key)]),
  );
  const fresh = new Map(rows.map(({ event_id, blocked }) => [event_id, blocked]));
  const blockedKeys = new Set<string>();
  const first = incoming.filter(({ id, key }) => {
    if (fresh.get(id) === true) {
      blockedKeys.add(key);
    }
    // The relay may have sent it twice into one batch.
    return fresh.delete(id);
  });
  return { incoming: first, blockedKeys };
}

const mark = named(
  "kit.inbox.mark",
  `with heard as (
     select event_id, min(key) as key
       from unnest($3::uuid[], $4::text[]) as heard (event_id, key)
      group by event_id
   ), fresh as (
     insert into inbox (consumer, event_id)
     select $1, event_id from heard order by event_id
     on conflict do nothing
     returning event_id
   )
   select fresh.event_id,
          exists (select from dead_letters
                   where consumer = $1 and topic = $2
                     and dead_letters.key = heard.key and heard.key <> ''
                     and redriven_at is null) as blocked
     from fresh join heard using (event_id)`,
);
