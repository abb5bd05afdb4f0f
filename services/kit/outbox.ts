import { named, type Tx } from "./db.ts";
import type { Topic } from "./topics.ts";

/** A fact to publish. It leaves only if the transaction that wrote it commits. */
export interface OutgoingEvent {
  /** UUIDv7; a consumer takes an id into effect once. */
  readonly id: string;
  readonly topic: Topic;
  /**
   * The aggregate's id. Events with one key stay in order, if each is written
   * under the lock of the aggregate's row.
   */
  readonly key: string;
  /** `tradepost.order.v1.OrderConfirmed` */
  readonly type: string;
  /** Proto3 JSON; null is a tombstone, which makes a compacted topic forget the key. */
  readonly payload: string | null;
  readonly time: Date;
  readonly traceparent: string;
}

/** The parameters of `insert into outbox … select * from unnest(…)`, for a data-modifying CTE. */
export function outboxColumns(
  events: readonly OutgoingEvent[],
): [string[], string[], string[], string[], (string | null)[], Date[], string[]] {
  return [
    events.map(({ id }) => id),
    events.map(({ topic }) => topic),
    events.map(({ key }) => key),
    events.map(({ type }) => type),
    events.map(({ payload }) => payload),
    events.map(({ time }) => time),
    events.map(({ traceparent }) => traceparent),
  ];
}

export async function appendToOutbox(tx: Tx, events: readonly OutgoingEvent[]): Promise<void> {
  if (events.length > 0) {
    await tx.query(append(outboxColumns(events)));
  }
}

const append = named(
  "kit.outbox.append",
  `insert into outbox (event_id, topic, key, type, payload, occurred_at, traceparent)
   select * from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[],
                        $6::timestamptz[], $7::text[])`,
);
