import { type Db, inTransaction, named, type Tx } from "#kit/db.ts";
import { Fault } from "#kit/errors.ts";
import { outboxColumns } from "#kit/outbox.ts";
import { uuidv7 } from "#kit/uuid.ts";
import type { Origin } from "./charging.ts";
import { refundedEvent } from "./events.ts";
import { bookRefund } from "./ledger.ts";
import type { Payment, Refund, Share } from "./payment.ts";
import type { ProviderRefund } from "./provider.ts";
import { refuseDisputed } from "./refund-rule.ts";
import {
  arrayLiteral,
  type PaymentRow,
  paymentColumns,
  type RefundRow,
  refundColumns,
  sharesJson,
  toPayment,
  toRefund,
} from "./rows.ts";
import { takeShares } from "./shares.ts";

/** Locks a payment until the transaction ends. */
export async function lockPayment(tx: Tx, id: string): Promise<Payment | undefined> {
  const { rows } = await tx.query<PaymentRow>(selectForUpdate([id]));
  return rows[0] && toPayment(rows[0]);
}

const selectForUpdate = named(
  "payment.lock",
  `select ${paymentColumns} from payments where id = $1 for no key update`,
);

/** Locks an order's payment until the transaction ends. */
export async function lockPaymentOf(tx: Tx, orderId: string): Promise<Payment | undefined> {
  const { rows } = await tx.query<PaymentRow>(selectOrderForUpdate([orderId]));
  return rows[0] && toPayment(rows[0]);
}

const selectOrderForUpdate = named(
  "payment.lock-order",
  `select ${paymentColumns} from payments where order_id = $1 for no key update`,
);

export interface NewRefund {
  readonly key: string;
  readonly amount: bigint;
  readonly reason: string;
  /** How it divides; absent: by largest remainder. */
  readonly shares?: readonly Share[];
}

/** Takes the amount from what can be paid back of a locked payment, and notes that it is to be. */
export async function reserveRefund(tx: Tx, payment: Payment, refund: NewRefund): Promise<string> {
  refuseDisputed(payment);
  const id = uuidv7();
  const { key, amount, reason, shares } = refund;
  const { rowCount } = await tx.query(
    insertRefund([id, payment.id, key, amount, reason, shares ? sharesJson(shares) : null]),
  );
  if (rowCount === 0) {
    throw new Fault("REFUND_EXCEEDS_CHARGE", `less than ${amount} is left of ${payment.id}`);
  }
  return id;
}

const insertRefund = named(
  "payment.reserve-refund",
  `with held as (
     update payments
        set refunded = refunded + $4, version = version + 1,
            updated_at = date_trunc('milliseconds', now())
      where id = $2 and status = 'succeeded' and refunded + $4 <= amount
     returning id
   )
   insert into refunds (id, payment_id, refund_key, amount, status, reason, shares)
   select $1, id, $3, $4, 'pending', $5, $6 from held`,
);

/** Records what Stripe says of a refund; one whose end is recorded stays as it is. */
export async function recordRefund(
  db: Db,
  refundId: string,
  told: Pick<ProviderRefund, "status"> & { readonly id: string | undefined },
  origin: Origin,
): Promise<{ readonly refund: Refund; readonly hasEvent: boolean }> {
  return inTransaction(db, async (tx) => {
    const { rows } = await tx.query<RefundRow>(lockRefund([refundId]));
    const refund = toRefund(rows[0] as RefundRow);
    if (origin.heard) {
      await tx.query(insertHeard([origin.heard.eventId, origin.heard.type]));
    }
    if (refund.status !== "pending") {
      return { refund, hasEvent: false };
    }
    const payment = (await lockPayment(tx, refund.paymentId)) as Payment;
    if (told.status === "succeeded") {
      await bookSucceeded(tx, payment, refund, told.id ?? refund.id, origin);
    } else {
      await tx.query(updateUnbooked([refund.id, told.status, told.id ?? null]));
    }
    return {
      refund: { ...refund, status: told.status, stripeRefundId: told.id },
      hasEvent: told.status === "succeeded",
    };
  });
}

async function bookSucceeded(
  tx: Tx,
  before: Payment,
  refund: Refund,
  stripeRefundId: string,
  { traceparent }: Origin,
): Promise<void> {
  const { parts, left } = takeShares(before.sharesLeft, refund.amount, refund.shares);
  const payment = { ...before, sequence: before.sequence + 1n };
  const event = refundedEvent(payment, refund, parts, { time: new Date(), traceparent });
  const { reference, entries } = bookRefund(stripeRefundId, refund.amount, parts);
  await tx.query(
    updateBooked([
      refund.id,
      stripeRefundId,
      payment.id,
      sharesJson(left),
      uuidv7(),
      reference,
      arrayLiteral(entries.map(({ account }) => account)),
      arrayLiteral(entries.map(({ amount }) => amount)),
      ...outboxColumns([event]),
    ]),
  );
}

const lockRefund = named(
  "payment.lock-refund",
  // The payment first, like everybody who locks both.
  `with locked as (
     select id from payments
      where id = (select payment_id from refunds where id = $1) for no key update
   )
   select ${refundColumns} from refunds
    where id = $1 and payment_id in (select id from locked) for update`,
);

const insertHeard = named(
  "payment.insert-heard",
  "insert into webhook_inbox (event_id, type) values ($1, $2) on conflict do nothing",
);

const updateUnbooked = named(
  "payment.refund-unbooked",
  `with moved as (
     update refunds
        set status = $2, stripe_refund_id = $3, updated_at = date_trunc('milliseconds', now())
      where id = $1 and status = 'pending'
     returning payment_id, amount
   )
   update payments
      set refunded = refunded - moved.amount, version = version + 1,
          updated_at = date_trunc('milliseconds', now())
     from moved
    where id = moved.payment_id and $2 = 'failed'`,
);

const updateBooked = named(
  "payment.refund-booked",
  `with moved as (
     update refunds
        set status = 'succeeded', stripe_refund_id = $2,
            updated_at = date_trunc('milliseconds', now())
      where id = $1 and status = 'pending'
   ), paid as (
     update payments
        set shares_left = $4, sequence = sequence + 1, version = version + 1,
            updated_at = date_trunc('milliseconds', now())
      where id = $3
     returning id, order_id, currency
   ), booked as (
     insert into ledger_transactions
            (id, payment_id, order_id, currency, kind, reference, accounts, amounts)
     select $5, id, order_id, currency, 'refund', $6, $7::text[], $8::bigint[] from paid
   )
   insert into outbox (event_id, topic, key, type, payload, occurred_at, traceparent)
   select * from unnest($9::uuid[], $10::text[], $11::text[], $12::text[], $13::text[],
                        $14::timestamptz[], $15::text[])`,
);
