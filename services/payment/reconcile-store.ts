// What the reconciler reads of ours, a page of ids at a time.
import { type Db, named } from "#kit/db.ts";
import type { Payment, Refund } from "./payment.ts";
import type { PayoutStatus } from "./payout.ts";
import {
  type PaymentRow,
  paymentColumns,
  type RefundRow,
  refundColumns,
  toPayment,
  toRefund,
} from "./rows.ts";

export async function paymentsByIntents(
  db: Db,
  intentIds: readonly string[],
): Promise<Map<string, Payment>> {
  const { rows } = await db.query<PaymentRow>(selectByIntents([intentIds]));
  return new Map(rows.map((row) => [row.intent_id ?? "", toPayment(row)]));
}

export async function refundsByIds(db: Db, ids: readonly string[]): Promise<Map<string, Refund>> {
  const { rows } = await db.query<RefundRow>(selectRefunds([ids]));
  return new Map(rows.map((row) => [row.id, toRefund(row)]));
}

interface PaidOut {
  readonly id: string;
  readonly status: PayoutStatus;
  readonly amount: bigint;
  readonly currency: string;
}

export async function payoutsByIds(db: Db, ids: readonly string[]): Promise<Map<string, PaidOut>> {
  const { rows } = await db.query<PaidOut>(selectPayouts([ids]));
  return new Map(rows.map((row) => [row.id, row]));
}

/** What the books say changed our balance, by Stripe's id of what was booked; 0 is not there. */
export async function cashOf(db: Db, references: readonly string[]): Promise<Map<string, bigint>> {
  const { rows } = await db.query<{ reference: string; cash: bigint }>(selectCash([references]));
  return new Map(rows.map(({ reference, cash }) => [reference, cash]));
}

/** Booked, so the provider must have it. */
export interface BookedHere {
  readonly id: string;
  readonly kind: "charge" | "refund" | "payout_paid";
  /** The provider's id. */
  readonly reference: string;
  readonly orderId: string | null;
  readonly paymentId: string | null;
  readonly cash: bigint;
  readonly currency: string;
  readonly createTime: Date;
}

export async function bookedSince(
  db: Db,
  since: Date,
  until: Date,
  after: Pick<BookedHere, "createTime" | "id"> | undefined,
): Promise<BookedHere[]> {
  const { rows } = await db.query<BookedHere>(
    selectBooked([since, until, after?.createTime ?? since, after?.id ?? null]),
  );
  return rows;
}

/** Payments whose ids come after one, oldest first; ids are in the order of making. */
export async function paymentsAfter(db: Db, id: string): Promise<Payment[]> {
  const { rows } = await db.query<PaymentRow>(selectAfter([id]));
  return rows.map(toPayment);
}

export async function paymentsByIds(db: Db, ids: readonly string[]): Promise<Payment[]> {
  const { rows } = await db.query<PaymentRow>(selectByIds([ids]));
  return rows.map(toPayment);
}

const selectByIds = named(
  "payment.reconcile-by-ids",
  `select ${paymentColumns} from payments where id = any ($1::text[])`,
);

const selectByIntents = named(
  "payment.reconcile-payments",
  `select ${paymentColumns} from payments where intent_id = any ($1::text[])`,
);

const selectRefunds = named(
  "payment.reconcile-refunds",
  `select ${refundColumns} from refunds where id = any ($1::text[])`,
);

const selectPayouts = named(
  "payment.reconcile-payouts",
  "select id, status, amount, currency from payouts where id = any ($1::text[])",
);

const selectCash = named(
  "payment.reconcile-cash",
  `with asked as (
     select reference as source, reference from unnest($1::text[]) as reference
      union all
     select transfer_id, id from payouts where transfer_id = any ($1::text[])
   )
   select asked.source as reference, sum(entry.amount)::bigint as cash
     from asked
     join ledger_transactions booked on booked.reference = asked.reference
          and booked.kind = any ('{charge,fee,refund,payout_paid,dispute,dispute_fee,dispute_return}')
    cross join lateral unnest(booked.accounts, booked.amounts) as entry (account, amount)
    where entry.account = 'cash'
    group by asked.source`,
);

const selectBooked = named(
  "payment.reconcile-booked",
  `select booked.id, booked.kind, coalesce(payout.transfer_id, booked.reference) as reference,
          booked.order_id as "orderId", booked.payment_id as "paymentId", booked.currency,
          entry.amount as cash, booked.created_at as "createTime"
     from ledger_transactions booked
    cross join lateral unnest(booked.accounts, booked.amounts) as entry (account, amount)
     left join payouts payout on booked.kind = 'payout_paid' and payout.id = booked.reference
    where booked.created_at >= $1 and booked.created_at <= $2
      and ($4::uuid is null or (booked.created_at, booked.id) > ($3, $4::uuid))
      and booked.kind = any ('{charge,refund,payout_paid}')
      and entry.account = 'cash'
    order by booked.created_at, booked.id
    limit 500`,
);

const selectAfter = named(
  "payment.reconcile-after",
  `select ${paymentColumns} from payments
    where id > $1 and user_id is not null order by id limit 100`,
);
