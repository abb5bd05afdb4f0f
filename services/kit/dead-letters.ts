import { named, type Tx } from "./db.ts";
import { type Incoming, storable } from "./inbox.ts";
import { redacted } from "./redaction.ts";
import type { Topic } from "./topics.ts";
import { uuidv7 } from "./uuid.ts";

/** A record that its consumer does not take in. */
export interface DeadLetter {
  readonly incoming: Incoming;
  readonly error: string;
  readonly attempts: number;
  readonly firstFailedAt: Date;
  /** Nothing is wrong with it, but it came after one of its key that is dead. */
  readonly parked: boolean;
}

export interface Origin {
  readonly consumer: string;
  readonly topic: Topic;
  readonly partition: number;
}

/** Bounds what a handler's error may put into a row; in characters. */
const MAX_ERROR = 2_000;

/**
 * Keeps them in this database, in order, and publishes those that failed on
 * `<topic>.dlq` through the outbox, without what the contract marks as sensitive. The caller has marked them as seen.
 */
export async function deadLetter(
  tx: Tx,
  { consumer, topic, partition }: Origin,
  letters: readonly DeadLetter[],
): Promise<void> {
  await tx.query(
    insert([
      consumer,
      topic,
      partition,
      letters.map(({ incoming }) => String(incoming.record.offset)),
      letters.map(({ incoming }) => incoming.key),
      letters.map(({ incoming }) => incoming.id),
      letters.map(({ incoming }) => storable(incoming.record.headers.ce_type ?? "")),
      letters.map(({ incoming }) => storable(incoming.record.value ?? "")),
      letters.map(({ incoming }) => storableJson(incoming.record.headers)),
      letters.map(({ error }) => storable(error.slice(0, MAX_ERROR))),
      letters.map(({ attempts }) => attempts),
      letters.map(({ firstFailedAt }) => firstFailedAt),
      letters.map(({ parked }) => parked),
    ]),
  );
  const failed = letters
    .filter(({ parked }) => !parked)
    .map((letter) => {
      const { error, incoming } = letter;
      return { ...letter, ...redacted(topic, { error, payload: incoming.record.value ?? "" }) };
    });
  if (failed.length > 0) {
    await tx.query(
      publish([
        `${topic}.dlq`,
        failed.map(() => uuidv7()),
        failed.map(({ incoming }) => incoming.key),
        failed.map(({ incoming }) => storable(incoming.record.headers.ce_type ?? "")),
        failed.map(({ payload }) => storable(payload)),
        failed.map(({ incoming }) => storable(incoming.record.headers.traceparent ?? "")),
        failed.map((letter) => storableJson(headersOf(letter, { consumer, topic, partition }))),
      ]),
    );
  }
}

function headersOf(
  { incoming, error, attempts }: DeadLetter,
  { consumer, topic, partition }: Origin,
): Record<string, string> {
  return {
    dlq_consumer: consumer,
    dlq_error: error.slice(0, MAX_ERROR),
    dlq_attempts: String(attempts),
    dlq_event_id: incoming.id,
    dlq_origin: `${topic}/${partition}/${incoming.record.offset}`,
  };
}

/** A dead letter must never fail to be stored. */
function storableJson(fields: Readonly<Record<string, string>>): string {
  const entries = Object.entries(fields);
  return JSON.stringify(
    Object.fromEntries(entries.map(([name, text]) => [storable(name), storable(text)])),
  );
}

const insert = named(
  "kit.dead_letters.insert",
  `insert into dead_letters (consumer, topic, partition, "offset", key, event_id, type, payload,
                             headers, error, attempts, first_failed_at, parked)
   select $1, $2, $3, *
     from unnest($4::bigint[], $5::text[], $6::uuid[], $7::text[], $8::text[], $9::jsonb[],
                 $10::text[], $11::integer[], $12::timestamptz[], $13::boolean[])
   on conflict (consumer, event_id) do nothing`,
);

const publish = named(
  "kit.dead_letters.publish",
  `insert into outbox (topic, event_id, key, type, payload, occurred_at, traceparent, headers)
   select $1, event_id, key, type, payload, now(), traceparent, headers
     from unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::jsonb[])
          as failed (event_id, key, type, payload, traceparent, headers)`,
);
