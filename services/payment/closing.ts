import { type Db, named } from "#kit/db.ts";
import { uuidv7 } from "#kit/uuid.ts";
import type { Payment } from "./payment.ts";
import { type PaymentRow, paymentColumns, toPayment } from "./rows.ts";

/**
 * Forbids every charge of the order that has not begun. For an order without a payment it leaves
 * a row that says so.
 */
export async function closeOrder(db: Db, orderId: string): Promise<Payment> {
  const { rows } = await db.query<PaymentRow>(upsertClosed([uuidv7(), orderId]));
  return toPayment(rows[0] as PaymentRow);
}

const upsertClosed = named(
  "payment.close",
  `insert into payments (id, order_id, status, closed, amount, shares, shares_left)
   values ($1, $2, 'cancelled', true, 0, '[]', '[]')
       on conflict (order_id) do update
      set closed = true, version = payments.version + (not payments.closed)::int
   returning ${paymentColumns}`,
);
