// The statement that ends a charge.
import { type Db, named } from "#kit/db.ts";
import { type OutgoingEvent, outboxColumns } from "#kit/outbox.ts";
import { uuidv7 } from "#kit/uuid.ts";
import type { Outcome } from "./intent.ts";
import { bookCharge, bookFee } from "./ledger.ts";
import type { Payment } from "./payment.ts";
import { arrayLiteral } from "./rows.ts";

export interface End {
  /** As it was; its intent is the one that the outcome is about. */
  readonly payment: Payment;
  readonly outcome: Outcome;
  readonly event: OutgoingEvent | undefined;
  /** Stripe's event that told, if one did. */
  readonly heard: { readonly eventId: string; readonly type: string } | undefined;
}

/**
 * Records how charges ended: status, books, event and Stripe's event in one statement. Answers
 * the payment as it is now, or nothing for one whose end was recorded before.
 */
export async function recordEnds(db: Db, ends: readonly End[]): Promise<(Payment | undefined)[]> {
  // The call's answer and the webhook may tell of one payment at once.
  const first = [...new Map(ends.map((end) => [end.payment.id, end])).values()];
  const bookings = first.flatMap(bookingsOf);
  const events = first.flatMap(({ event }) => (event ? [event] : []));
  const heard = ends.flatMap((end) => (end.heard ? [end.heard] : []));
  const { rows } = await db.query<{ id: string; updated_at: Date }>(
    updateEnded([
      first.map(({ payment }) => payment.id),
      first.map(({ payment }) => payment.intentId),
      first.map(({ outcome }) => outcome.status),
      first.map(({ outcome }) => outcome.chargeId),
      first.map(({ outcome }) => outcome.fee),
      first.map(({ outcome }) => outcome.declineCode),
      first.map(({ event }) => (event ? 1 : 0)),
      bookings.map(() => uuidv7()),
      bookings.map(({ payment }) => payment.id),
      bookings.map(({ payment }) => payment.orderId),
      bookings.map(({ payment }) => payment.currency),
      bookings.map(({ kind }) => kind),
      bookings.map(({ reference }) => reference),
      bookings.map(({ entries }) => arrayLiteral(entries.map(({ account }) => account))),
      bookings.map(({ entries }) => arrayLiteral(entries.map(({ amount }) => amount))),
      ...outboxColumns(events),
      heard.map(({ eventId }) => eventId),
      heard.map(({ type }) => type),
    ]),
  );
  const moved = new Map(rows.map((row) => [row.id, row.updated_at]));
  return ends.map(({ payment, outcome, event }) => {
    const updateTime = moved.get(payment.id);
    return (
      updateTime && {
        ...payment,
        status: outcome.status,
        nextAction: undefined,
        declineCode: outcome.declineCode,
        sequence: payment.sequence + (event ? 1n : 0n),
        version: payment.version + 1n,
        updateTime,
      }
    );
  });
}

function bookingsOf({ payment, outcome: { status, chargeId, fee } }: End) {
  if (status !== "succeeded" || payment.intentId === undefined) {
    return [];
  }
  const charge = bookCharge(payment.intentId, payment.amount, payment.shares);
  const fees = fee ? [bookFee(chargeId ?? payment.intentId, fee)] : [];
  return [charge, ...fees].map((booking) => ({ ...booking, payment }));
}

const updateEnded = named(
  "payment.record-end",
  `with moved as (
     update payments
        set status = told.status, charge_id = told.charge_id, fee = told.fee,
            decline_code = told.decline_code, sequence = sequence + told.events,
            next_action = null,
            version = version + 1, updated_at = date_trunc('milliseconds', now())
       from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::text[],
                   $7::int[])
            as told (payment_id, intent_id, status, charge_id, fee, decline_code, events)
      where id = told.payment_id
        -- Forward only, and only by the word about this payment's own intent.
        and payments.status in ('processing', 'requires_action', 'authorized')
        and payments.intent_id is not distinct from told.intent_id
     returning id, updated_at
   ), booked as (
     insert into ledger_transactions
            (id, payment_id, order_id, currency, kind, reference, accounts, amounts)
     select booking.id, booking.payment_id, booking.order_id, booking.currency, booking.kind,
            booking.reference, booking.accounts::text[], booking.amounts::bigint[]
       from unnest($8::uuid[], $9::text[], $10::text[], $11::text[], $12::text[], $13::text[],
                   $14::text[], $15::text[])
            as booking (id, payment_id, order_id, currency, kind, reference, accounts, amounts)
       join moved on moved.id = booking.payment_id
   ), published as (
     insert into outbox (event_id, topic, key, type, payload, occurred_at, traceparent)
     select event.event_id, event.topic, event.key, event.type, event.payload,
            event.occurred_at, event.traceparent
       from unnest($16::uuid[], $17::text[], $18::text[], $19::text[], $20::text[],
                   $21::timestamptz[], $22::text[])
            as event (event_id, topic, key, type, payload, occurred_at, traceparent)
       join moved on moved.id = event.key
   ), heard as (
     insert into webhook_inbox (event_id, type)
     select event_id, type from unnest($23::text[], $24::text[]) as heard (event_id, type)
         on conflict do nothing
   )
   select id, updated_at from moved`,
);
