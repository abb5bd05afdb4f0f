import { type Db, named, type Tx } from "#kit/db.ts";
import type { Payment, Refund } from "./payment.ts";
import {
  type PaymentRow,
  paymentColumns,
  type RefundRow,
  refundColumns,
  toPayment,
  toRefund,
} from "./rows.ts";

/** Whose payments may be seen: one person's, or everybody's. */
export type Viewer = { readonly userId: string } | "all";

/** A payment that was asked for; rows that only keep an order from being charged are not shown. */
export async function findPayment(
  db: Db | Tx,
  id: string,
  viewer: Viewer,
): Promise<Payment | undefined> {
  const { rows } = await db.query<PaymentRow>(selectVisible([id, ownerOf(viewer)]));
  return rows[0] && toPayment(rows[0]);
}

export async function listPayments(db: Db, orderId: string, viewer: Viewer): Promise<Payment[]> {
  const { rows } = await db.query<PaymentRow>(selectOfOrder([orderId, ownerOf(viewer)]));
  return rows.map(toPayment);
}

export async function paymentById(db: Db, id: string): Promise<Payment> {
  const { rows } = await db.query<PaymentRow>(selectById([id]));
  if (!rows[0]) {
    throw new Error(`there is no payment ${id}`);
  }
  return toPayment(rows[0]);
}

/** Also one that only keeps the order from being charged. */
export async function paymentOfOrder(db: Db | Tx, orderId: string): Promise<Payment | undefined> {
  const { rows } = await db.query<PaymentRow>(selectByOrder([orderId]));
  return rows[0] && toPayment(rows[0]);
}

/** Oldest first. */
export async function refundsOf(db: Db | Tx, paymentId: string): Promise<Refund[]> {
  const { rows } = await db.query<RefundRow>(selectRefunds([paymentId]));
  return rows.map(toRefund);
}

export async function refundByKey(
  db: Db,
  paymentId: string,
  key: string,
): Promise<Refund | undefined> {
  const { rows } = await db.query<RefundRow>(selectRefundByKey([paymentId, key]));
  return rows[0] && toRefund(rows[0]);
}

export async function refundById(db: Db, id: string): Promise<Refund> {
  const { rows } = await db.query<RefundRow>(selectRefund([id]));
  if (!rows[0]) {
    throw new Error(`there is no refund ${id}`);
  }
  return toRefund(rows[0]);
}

/** Null lets through what is anybody's. */
function ownerOf(viewer: Viewer): string | null {
  return viewer === "all" ? null : viewer.userId;
}

const selectVisible = named(
  "payment.get",
  `select ${paymentColumns} from payments
    where id = $1 and user_id is not null and ($2::text is null or user_id = $2)`,
);

const selectOfOrder = named(
  "payment.list",
  `select ${paymentColumns} from payments
    where order_id = $1 and user_id is not null and ($2::text is null or user_id = $2)`,
);

const selectById = named("payment.by-id", `select ${paymentColumns} from payments where id = $1`);

const selectByOrder = named(
  "payment.by-order",
  `select ${paymentColumns} from payments where order_id = $1`,
);

const selectRefunds = named(
  "payment.refunds",
  `select ${refundColumns} from refunds where payment_id = $1 order by created_at, id`,
);

const selectRefundByKey = named(
  "payment.refund-by-key",
  `select ${refundColumns} from refunds where payment_id = $1 and refund_key = $2`,
);

const selectRefund = named("payment.refund", `select ${refundColumns} from refunds where id = $1`);
