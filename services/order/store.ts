/** What the order service reads. Its writes are in writes.ts. */
import type pg from "pg";
import { type Db, named } from "#kit/db.ts";
import { Fault } from "#kit/errors.ts";
import type { Address, Order, Rejection } from "./order.ts";
import type { Status } from "./transitions.ts";

/** Whose orders a caller may see: its own, or everybody's. */
export type Sight = { readonly userId: string } | "all";

export interface HistoryRow {
  readonly status: Status;
  readonly reason: string;
  readonly actor: string;
  readonly time: Date;
}

export interface Page {
  readonly statuses: readonly Status[];
  readonly after: { readonly createTime: Date; readonly id: string } | undefined;
  readonly limit: number;
}

/** ORDER_NOT_FOUND also for an order that the caller may not see. */
export async function getOrder(db: Db | pg.PoolClient, id: string, sight: Sight): Promise<Order> {
  const { rows } = await db.query<OrderRow>(selectOrder([id, userOf(sight)]));
  const [row] = rows;
  if (!row) {
    throw new Fault("ORDER_NOT_FOUND", `no order ${id}`, { metadata: { orderId: id } });
  }
  return toOrder(row);
}

/** Newest first. */
export async function listOrders(db: Db, sight: Sight, page: Page): Promise<Order[]> {
  const { rows } = await db.query<OrderRow>(
    selectPage([
      userOf(sight),
      page.statuses.length > 0 ? page.statuses : null,
      page.after?.createTime ?? null,
      page.after?.id ?? null,
      page.limit,
    ]),
  );
  return rows.map(toOrder);
}

/** Oldest first. */
export async function getHistory(db: Db, id: string, sight: Sight): Promise<HistoryRow[]> {
  const { rows } = await db.query<HistoryRow>(selectHistory([id, userOf(sight)]));
  if (rows.length === 0) {
    throw new Fault("ORDER_NOT_FOUND", `no order ${id}`, { metadata: { orderId: id } });
  }
  return rows;
}

/** The order that a key has placed; undefined when there is none, or no longer. */
export async function findByKey(db: Db, placedBy: string, key: string): Promise<Order | undefined> {
  const { rows } = await db.query<OrderRow>(selectByKey([placedBy, key]));
  return rows[0] && toOrder(rows[0]);
}

function userOf(sight: Sight): string | null {
  return sight === "all" ? null : sight.userId;
}

const selectOrder = named(
  "order.get",
  `select id, user_id, status, items, currency, subtotal, discounts, shipping, tax, total,
          shipping_address, payment_method, payment_id, rejection, sequence, create_time, update_time
     from orders
    where id = $1 and ($2::text is null or user_id = $2)`,
);

const selectPage = named(
  "order.list",
  `select id, user_id, status, items, currency, subtotal, discounts, shipping, tax, total,
          shipping_address, payment_method, payment_id, rejection, sequence, create_time, update_time
     from orders
    where ($1::text is null or user_id = $1)
      and ($2::text[] is null or status = any($2))
      and ($3::timestamptz is null or (create_time, id) < ($3, $4::text))
    order by create_time desc, id desc
    limit $5`,
);

const selectByKey = named(
  "order.by-key",
  `select id, user_id, status, items, currency, subtotal, discounts, shipping, tax, total,
          shipping_address, payment_method, payment_id, rejection, sequence, create_time, update_time
     from orders
    where placed_by = $1 and idempotency_key = $2
    order by create_time desc
    limit 1`,
);

const selectHistory = named(
  "order.history",
  `select h.status, h.reason, h.actor, h.time
     from order_history h
     join orders o on o.id = h.order_id
    where h.order_id = $1 and ($2::text is null or o.user_id = $2)
    order by h.sequence`,
);

interface OrderRow {
  id: string;
  user_id: string;
  status: Status;
  items: ItemJson[];
  currency: string | null;
  subtotal: bigint | null;
  discounts: bigint | null;
  shipping: bigint | null;
  tax: bigint | null;
  total: bigint | null;
  shipping_address: Address;
  payment_method: string;
  payment_id: string | null;
  rejection: Rejection | null;
  sequence: number;
  create_time: Date;
  update_time: Date;
}

interface ItemJson {
  productId: string;
  quantity: number;
  returnedQuantity: number;
  merchantId: string;
  name: string;
  /** A bigint as a string, so that it is never rounded. */
  unitPrice: string;
}

/** An order's lines as its row keeps them. */
export function toItems(order: Order): string {
  return JSON.stringify(
    order.lines.map((line): ItemJson => ({ ...line, unitPrice: line.unitPrice.toString() })),
  );
}

function toOrder(row: OrderRow): Order {
  const { currency, subtotal, discounts, shipping, tax, total } = row;
  return {
    id: row.id,
    userId: row.user_id,
    status: row.status,
    lines: row.items.map((item) => ({ ...item, unitPrice: BigInt(item.unitPrice) })),
    totals:
      currency === null
        ? undefined
        : {
            currency,
            subtotal: subtotal ?? 0n,
            discounts: discounts ?? 0n,
            shipping: shipping ?? 0n,
            tax: tax ?? 0n,
            total: total ?? 0n,
          },
    address: row.shipping_address,
    paymentMethod: row.payment_method,
    paymentId: row.payment_id ?? undefined,
    rejection: row.rejection ?? undefined,
    sequence: row.sequence,
    createTime: row.create_time,
    updateTime: row.update_time,
  };
}
