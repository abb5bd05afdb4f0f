import { type Db, named } from "#kit/db.ts";
import type { Log } from "#kit/log.ts";
import { pruneInBites } from "#kit/pruning.ts";
import { rounds } from "#kit/rounds.ts";
import type { Worker } from "#kit/service.ts";

/** An event of Stripe's that may be about something of ours. */
export interface Told {
  readonly eventId: string;
  readonly type: string;
  /** "" if it is about a refund. */
  readonly intentId: string;
  /** "" if it is about an intent. */
  readonly refundId: string;
}

/** What an event leaves to be done: nothing if we know it already, or nothing of what it is about. */
export type Todo =
  | { readonly kind: "payment"; readonly orderId: string; readonly paymentId: string }
  | { readonly kind: "refund"; readonly refundId: string }
  | undefined;

/**
 * Takes in events. Those about what is recorded already, which most are, are done with by this
 * statement; the others stay out of the inbox until their effect goes in with them.
 */
export async function takeIn(db: Db, told: readonly Told[]): Promise<Todo[]> {
  const { rows } = await db.query<TodoRow>(
    takeInEvents([
      told.map(({ eventId }) => eventId),
      told.map(({ type }) => type),
      told.map(({ intentId }) => intentId),
      told.map(({ refundId }) => refundId),
    ]),
  );
  const open = new Map(rows.map((row) => [row.event_id, row]));
  return told.map(({ eventId }) => {
    const row = open.get(eventId);
    if (!row) {
      return undefined;
    }
    return row.refund_id === null
      ? { kind: "payment", orderId: row.order_id, paymentId: row.payment_id }
      : { kind: "refund", refundId: row.refund_id };
  });
}

interface TodoRow {
  readonly event_id: string;
  readonly payment_id: string;
  readonly order_id: string;
  readonly refund_id: string | null;
}

const takeInEvents = named(
  "payment.take-in-events",
  `with known as (
     select told.event_id, told.type, p.id as payment_id, p.order_id, null as refund_id,
            -- What the row says already is no reason to look.
            case p.status
              when 'processing' then true
              when 'requires_action' then told.type <> 'payment_intent.requires_action'
              when 'authorized'
                then told.type not in ('payment_intent.requires_action',
                                       'payment_intent.amount_capturable_updated')
              else false end as is_open
       from unnest($1::text[], $2::text[], $3::text[], $4::text[])
            as told (event_id, type, intent_id, refund_id)
       join payments p on p.intent_id = told.intent_id
      union all
     select told.event_id, told.type, r.payment_id, null, r.id, r.status = 'pending'
       from unnest($1::text[], $2::text[], $3::text[], $4::text[])
            as told (event_id, type, intent_id, refund_id)
       join refunds r on r.id = told.refund_id
   ), done as (
     insert into webhook_inbox (event_id, type)
     select event_id, type from known where not is_open order by event_id
         on conflict do nothing
   )
   select event_id, payment_id, order_id, refund_id from known where is_open`,
);

const EVERY_MS = 3_600_000;

export function forgetting(db: Db, log: Log): Worker {
  const failure = "old events of Stripe's could not be forgotten";
  return rounds({ everyMs: EVERY_MS, log, failure }, () => forgetOldEvents(db));
}

/**
 * Deletes events of over 30 days, in bites, so that no statement holds others up. Stripe tells an
 * event again for three days, and a state that is reached hears none twice.
 */
export async function forgetOldEvents(db: Db): Promise<void> {
  await pruneInBites(db, deleteOldEvents);
}

const deleteOldEvents = named(
  "payment.forget-old-events",
  `delete from webhook_inbox
    where ctid = any (array(
      select ctid from webhook_inbox
       where seen_at < now() - interval '30 days' limit $1 for update skip locked))`,
);
