// The statements that begin a charge. Each takes all that wait for it.
import { type Db, named } from "#kit/db.ts";
import type { CaptureMode, Payment, Share } from "./payment.ts";
import { type PaymentRow, paymentColumns, sharesJson, toPayment } from "./rows.ts";

export interface NewPayment {
  readonly id: string;
  readonly orderId: string;
  readonly userId: string;
  readonly currency: string;
  readonly amount: bigint;
  readonly paymentMethod: string;
  readonly capture: CaptureMode;
  readonly shares: readonly Share[];
}

/** Opens a payment for each order, or finds the one that there is. */
export async function openPayments(db: Db, wishes: readonly NewPayment[]): Promise<Payment[]> {
  const { rows } = await db.query<OpenedRow>(
    insertPayments([
      wishes.map(({ id }) => id),
      wishes.map(({ orderId }) => orderId),
      wishes.map(({ userId }) => userId),
      wishes.map(({ currency }) => currency),
      wishes.map(({ amount }) => amount),
      wishes.map(({ paymentMethod }) => paymentMethod),
      wishes.map(({ shares }) => sharesJson(shares)),
      wishes.map(({ capture }) => capture),
    ]),
  );
  const opened = new Map(rows.map((row) => [row.id, row]));
  const others = wishes.filter(({ id }) => !opened.has(id)).map(({ orderId }) => orderId);
  const found = others.length > 0 ? await findByOrders(db, others) : new Map<string, Payment>();
  return wishes.map((wish) => {
    const row = opened.get(wish.id);
    const payment = row ? asOpened(wish, row) : found.get(wish.orderId);
    if (!payment) {
      throw new Error(`order ${wish.orderId} has a payment and has none`);
    }
    return payment;
  });
}

/** The row that was just inserted, without asking for what is known. */
function asOpened(wish: NewPayment, row: OpenedRow): Payment {
  return {
    ...wish,
    customerId: row.customer_id ?? undefined,
    nextAction: undefined,
    status: "processing",
    closed: false,
    refunded: 0n,
    sharesLeft: wish.shares,
    intentId: undefined,
    declineCode: "",
    dispute: undefined,
    sequence: 0n,
    version: 1n,
    createTime: row.created_at,
    updateTime: row.created_at,
  };
}

/** A statement of its own: one that inserts does not see what another has just committed. */
async function findByOrders(db: Db, orderIds: readonly string[]): Promise<Map<string, Payment>> {
  const { rows } = await db.query<PaymentRow>(selectByOrders([orderIds]));
  return new Map(rows.map((row) => [row.order_id, toPayment(row)]));
}

interface OpenedRow {
  readonly id: string;
  readonly customer_id: string | null;
  readonly created_at: Date;
}

const insertPayments = named(
  "payment.open",
  `insert into payments
          (id, order_id, user_id, status, currency, amount, payment_method, shares, shares_left,
           capture, customer_id)
   select wish.id, order_id, wish.user_id, 'processing', currency, amount, payment_method, shares,
          shares, capture,
          -- A saved method is charged for its owner only, and not once it is forgotten.
          case when saved.id is null then null
               when saved.user_id = wish.user_id and saved.deleted_at is null
               then customers.customer_id
               else '' end
     from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::text[],
                 $7::jsonb[], $8::text[])
          as wish (id, order_id, user_id, currency, amount, payment_method, shares, capture)
     left join payment_methods saved on saved.id = wish.payment_method
     left join customers on customers.user_id = saved.user_id
    order by order_id
       on conflict (order_id) do nothing
   returning id, customer_id, created_at`,
);

const selectByOrders = named(
  "payment.find-by-orders",
  `select ${paymentColumns} from payments where order_id = any ($1::text[])`,
);

export interface KnownIntent {
  readonly paymentId: string;
  readonly intentId: string;
}

/**
 * Notes which intent is the payment's: from here on it may be confirmed, and no other ever is.
 * False for a payment that has one already or was ended meanwhile.
 */
export async function storeIntents(db: Db, known: readonly KnownIntent[]): Promise<boolean[]> {
  const { rows } = await db.query<{ id: string }>(
    updateIntents([known.map((one) => one.paymentId), known.map((one) => one.intentId)]),
  );
  const stored = new Set(rows.map(({ id }) => id));
  return known.map(({ paymentId }) => stored.has(paymentId));
}

const updateIntents = named(
  "payment.store-intent",
  `update payments
      set intent_id = known.intent_id, version = version + 1
     from unnest($1::text[], $2::text[]) as known (payment_id, intent_id)
    where id = known.payment_id and payments.intent_id is null and status = 'processing'
      and not closed
   returning id`,
);
