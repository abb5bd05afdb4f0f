import { type Db, inTransaction, named, type Tx } from "#kit/db.ts";
import { appendToOutbox, type OutgoingEvent } from "#kit/outbox.ts";
import type { Origin } from "./charging.ts";
import { disputeChange } from "./dispute.ts";
import { disputedEvents } from "./dispute-events.ts";
import type { ProviderDispute } from "./dispute-provider.ts";
import { book } from "./ledger.ts";
import type { DisputeStatus, Payment } from "./payment.ts";
import { lockPayment } from "./refund-store.ts";
import { type PaymentRow, paymentColumns, sharesJson, toPayment } from "./rows.ts";

/**
 * Records what the provider says of a dispute: its state, the freeze, the books, the events and
 * the provider's event in one transaction. Told again, or late, it changes nothing. Answers
 * whether anything was new.
 */
export async function recordDispute(
  db: Db,
  paymentId: string,
  told: ProviderDispute,
  origin: Origin,
): Promise<boolean> {
  return inTransaction(db, async (tx) => {
    const payment = (await lockPayment(tx, paymentId)) as Payment;
    const known = await statusOf(tx, told.id);
    const change = disputeChange(payment, known, told);
    const { currency, orderId } = payment;
    await book(tx, { paymentId, orderId, currency }, change.bookings);
    if (origin.heard) {
      await tx.query(insertHeard([origin.heard.eventId, origin.heard.type]));
    }
    if (!change.opened && !change.closed) {
      return false;
    }
    const { dispute, lost, sharesLeft } = change;
    const { status, amount, reason } = dispute;
    await tx.query(upsertDispute([dispute.id, paymentId, status, amount, reason, lost]));
    const events: OutgoingEvent[] = disputedEvents(payment, change, {
      time: new Date(),
      traceparent: origin.traceparent,
    });
    await tx.query(updatePayment([paymentId, lost, sharesJson(sharesLeft), events.length]));
    await appendToOutbox(tx, events);
    return true;
  });
}

async function statusOf(tx: Tx, disputeId: string): Promise<DisputeStatus | undefined> {
  const { rows } = await tx.query<{ status: DisputeStatus }>(selectStatus([disputeId]));
  return rows[0]?.status;
}

/** The payment that an intent belongs to. */
export async function paymentOfIntent(db: Db, intentId: string): Promise<Payment | undefined> {
  const { rows } = await db.query<PaymentRow>(selectByIntent([intentId]));
  return rows[0] && toPayment(rows[0]);
}

/** Whether an event of the provider's has had its effect. */
export async function wasHeard(db: Db, eventId: string): Promise<boolean> {
  const { rowCount } = await db.query(selectHeard([eventId]));
  return rowCount === 1;
}

export async function openDisputes(db: Db): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>(selectOpen([]));
  return rows.map(({ id }) => id);
}

const selectStatus = named(
  "payment.dispute-status",
  "select status from disputes where id = $1 for update",
);

const insertHeard = named(
  "payment.dispute-heard",
  "insert into webhook_inbox (event_id, type) values ($1, $2) on conflict do nothing",
);

const upsertDispute = named(
  "payment.record-dispute",
  `insert into disputes (id, payment_id, status, amount, reason, lost)
   values ($1, $2, $3, $4, $5, $6)
       on conflict (id) do update
      set status = excluded.status, lost = excluded.lost,
          updated_at = date_trunc('milliseconds', now())`,
);

const updatePayment = named(
  "payment.apply-dispute",
  `update payments
      set refunded = refunded + $2, shares_left = $3, sequence = sequence + $4,
          version = version + 1, updated_at = date_trunc('milliseconds', now()),
          dispute = (
            select jsonb_build_object('id', d.id, 'status', d.status, 'amount', d.amount::text,
                                      'reason', d.reason)
              from disputes d
             where d.payment_id = payments.id
             order by d.status = 'open' desc, d.created_at desc, d.id desc
             limit 1)
    where id = $1`,
);

const selectByIntent = named(
  "payment.by-intent",
  `select ${paymentColumns} from payments where intent_id = $1`,
);

const selectHeard = named("payment.was-heard", "select from webhook_inbox where event_id = $1");

const selectOpen = named(
  "payment.open-disputes",
  "select id from disputes where status = 'open' order by id limit 1000",
);
