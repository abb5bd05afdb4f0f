// The statements about charges that have not ended: they wait for their person, or their money is
// only set aside.
import { type Db, named } from "#kit/db.ts";
import type { Hold } from "./intent.ts";
import type { Payment } from "./payment.ts";
import { type PaymentRow, paymentColumns, toPayment } from "./rows.ts";

export interface Held {
  /** As it was; its intent is the one that the hold is about. */
  readonly payment: Payment;
  readonly hold: Hold;
  /** Stripe's event that told, if one did. */
  readonly heard: { readonly eventId: string; readonly type: string } | undefined;
}

/** Records how far charges are. Answers the payment as it is now, or nothing if it was that far. */
export async function recordHolds(
  db: Db,
  holds: readonly Held[],
): Promise<(Payment | undefined)[]> {
  const first = [...new Map(holds.map((held) => [held.payment.id, held])).values()];
  const heard = holds.flatMap((held) => (held.heard ? [held.heard] : []));
  const { rows } = await db.query<PaymentRow>(
    updateHeld([
      first.map(({ payment }) => payment.id),
      first.map(({ payment }) => payment.intentId),
      first.map(({ hold }) => hold.status),
      first.map(({ hold }) =>
        hold.status === "requires_action" ? JSON.stringify(hold.action) : null,
      ),
      first.map(({ hold }) => (hold.status === "authorized" ? hold.captureBefore : undefined)),
      heard.map(({ eventId }) => eventId),
      heard.map(({ type }) => type),
    ]),
  );
  const moved = new Map(rows.map((row) => [row.id, toPayment(row)]));
  return holds.map(({ payment }) => moved.get(payment.id));
}

const updateHeld = named(
  "payment.record-hold",
  `with heard as (
     insert into webhook_inbox (event_id, type)
     select event_id, type from unnest($6::text[], $7::text[]) as heard (event_id, type)
         on conflict do nothing
   )
   update payments
      set status = told.status, next_action = told.next_action, asked_at = now(),
          -- Stripe's longest, where it does not say.
          capture_before = case when told.status = 'authorized'
                                then coalesce(told.capture_before, now() + interval '7 days') end,
          version = version + 1, updated_at = date_trunc('milliseconds', now())
     from unnest($1::text[], $2::text[], $3::text[], $4::jsonb[], $5::timestamptz[])
          as told (payment_id, held_intent, status, next_action, capture_before)
    where id = told.payment_id
      -- Forward only, and only by the word about this payment's own intent.
      and (payments.status = 'processing'
           or payments.status = 'requires_action' and told.status = 'authorized')
      and intent_id = told.held_intent
   returning ${paymentColumns
     .split(",")
     .map((column) => `payments.${column.trim()}`)
     .join(", ")}`,
);

/** How long a payment's own row answers for it before Stripe is asked again, in seconds. */
const ASK_AGAIN_SECONDS = 30;

/** True for the one caller that is to ask Stripe now how a waiting payment is. */
export async function mayAsk(db: Db, paymentId: string): Promise<boolean> {
  const { rowCount } = await db.query(claimAsking([paymentId, ASK_AGAIN_SECONDS]));
  return rowCount === 1;
}

const claimAsking = named(
  "payment.claim-asking",
  `update payments set asked_at = now()
    where id = $1 and status = 'requires_action'
      and (asked_at is null or asked_at < now() - $2::int * interval '1 second')`,
);

/**
 * Charges that were left open and nobody asked about since then: of unknown outcome, waiting for
 * their person, being captured, or set aside for longer than may be.
 */
export async function takeLeftOpen(db: Db, before: Date): Promise<Payment[]> {
  const { rows } = await db.query<PaymentRow>(claimLeftOpen([before]));
  return rows.map(toPayment);
}

const claimLeftOpen = named(
  "payment.claim-left-open",
  `with unknown as (
     select id from payments
      where status in ('processing', 'requires_action') and created_at < $1
        and intent_id is not null and (asked_at is null or asked_at < $1)
      order by created_at limit 200 for no key update skip locked
   ), over as (
     select id from payments
      where status = 'authorized' and capture_before < now() and asked_at < $1
      order by capture_before limit 100 for no key update skip locked
   ), captured as (
     select id from payments
      where status = 'authorized' and capturing and updated_at < $1 and asked_at < $1
      limit 100 for no key update skip locked
   )
   update payments set asked_at = now()
    where id in (select id from unknown union all select id from over
                  union all select id from captured)
   returning ${paymentColumns}`,
);
