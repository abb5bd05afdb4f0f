/** What the order service reads. */
import type pg from "pg";
import { type Db, named, type Tx } from "#kit/db.ts";
import { Fault } from "#kit/errors.ts";
import type { Page } from "#kit/newest-page.ts";
import type { Order } from "./order.ts";
import { COLUMNS, type OrderRow, toOrder } from "./rows.ts";
import { asked, type Sight } from "./sight.ts";
import type { Status } from "./transitions.ts";

export interface HistoryRow {
  readonly sequence: number;
  readonly status: Status;
  readonly event: string;
  readonly reason: string;
  readonly actor: string;
  readonly time: Date;
}

/** ORDER_NOT_FOUND also for an order that the caller may not see. Whole, whoever asks. */
export async function getOrder(db: Db | pg.PoolClient, id: string, sight: Sight): Promise<Order> {
  const { rows } = await db.query<OrderRow>(selectOrder([id, ...asked(sight)]));
  return found(rows, id);
}

/** Nobody else changes it before the transaction ends. */
export async function lockOrder(tx: Tx, id: string, sight: Sight): Promise<Order> {
  const { rows } = await tx.query<OrderRow>(selectForUpdate([id, ...asked(sight)]));
  return found(rows, id);
}

/** Those of `ids` that there are. */
export async function lockOrders(tx: Tx, ids: readonly string[]): Promise<Order[]> {
  const { rows } = await tx.query<OrderRow>(selectAllForUpdate([ids]));
  return rows.map(toOrder);
}

/**
 * Newest first.
 * @param statuses empty: any
 */
export async function listOrders(
  db: Db,
  sight: Sight,
  statuses: readonly Status[],
  { after, limit }: Page,
): Promise<Order[]> {
  const [userId, merchantId] = asked(sight);
  const values = [
    userId,
    statuses.length > 0 ? statuses : null,
    after?.createTime ?? null,
    after?.id ?? null,
    limit,
  ];
  const { rows } = await db.query<OrderRow>(
    merchantId === null ? selectPage(values) : selectMerchantPage(values),
  );
  return rows.map(toOrder);
}

/** Oldest first. */
export async function getHistory(db: Db, id: string, sight: Sight): Promise<HistoryRow[]> {
  const { rows } = await db.query<HistoryRow>(selectHistory([id, ...asked(sight)]));
  if (rows.length === 0) {
    throw notFound(id);
  }
  return rows;
}

export type OrderState = Pick<OrderRow, "id" | "status" | "currency" | "total">;

/** Those of `ids` that there are. */
export async function getStates(db: Db, ids: readonly string[]): Promise<OrderState[]> {
  return (await db.query<OrderState>(selectStates([ids]))).rows;
}

/** The order that a key has placed; undefined when there is none, or no longer. */
export async function findByKey(db: Db, placedBy: string, key: string): Promise<Order | undefined> {
  const { rows } = await db.query<OrderRow>(selectByKey([placedBy, key]));
  return rows[0] && toOrder(rows[0]);
}

function found([row]: readonly OrderRow[], id: string): Order {
  if (!row) {
    throw notFound(id);
  }
  return toOrder(row);
}

function notFound(id: string): Fault {
  return new Fault("ORDER_NOT_FOUND", `no order ${id}`, { metadata: { orderId: id } });
}

/** $2 is the buyer, $3 a merchant, which sees only what was paid. */
const SEEN = `($2::text is null or o.user_id = $2
           or ($3::text is not null and o.payment_id is not null
               and o.items @> jsonb_build_array(jsonb_build_object('merchantId', $3::text))))`;

const selectOrder = named(
  "order.get",
  `select ${COLUMNS} from orders o where o.id = $1 and ${SEEN}`,
);

const selectForUpdate = named(
  "order.lock",
  `select ${COLUMNS} from orders o where o.id = $1 and ${SEEN} for update`,
);

const selectAllForUpdate = named(
  "order.lock-all",
  `select ${COLUMNS} from orders o where o.id = any($1::text[]) order by o.id for update`,
);

const selectPage = named(
  "order.list",
  `select ${COLUMNS}
     from orders o
    where ($1::text is null or o.user_id = $1)
      and ($2::text[] is null or o.status = any($2))
      and ($3::timestamptz is null or (o.create_time, o.id) < ($3, $4::text))
    order by o.create_time desc, o.id desc
    limit $5`,
);

const selectMerchantPage = named(
  "order.list-merchant",
  `with sold as (
     select o.id
       from merchant_orders m
       join orders o on o.id = m.order_id
      where m.merchant_id = $1
        and ($2::text[] is null or o.status = any($2))
        and ($3::timestamptz is null or (m.create_time, m.order_id) < ($3, $4::text))
      order by m.create_time desc, m.order_id desc
      limit $5
   ), bought as (
     select o.id
       from orders o
      where o.user_id = $1
        and ($2::text[] is null or o.status = any($2))
        and ($3::timestamptz is null or (o.create_time, o.id) < ($3, $4::text))
      order by o.create_time desc, o.id desc
      limit $5
   )
   select ${COLUMNS}
     from (select id from sold union select id from bought) seen
     join orders o using (id)
    order by o.create_time desc, o.id desc
    limit $5`,
);

const selectByKey = named(
  "order.by-key",
  `select ${COLUMNS}
     from orders o
    where o.placed_by = $1 and o.idempotency_key = $2
    order by o.create_time desc
    limit 1`,
);

const selectHistory = named(
  "order.history",
  `select h.sequence, h.status, h.event, h.reason, h.actor, h.time
     from order_history h
     join orders o on o.id = h.order_id
    where h.order_id = $1 and ${SEEN}
      and ($2::text is null or o.user_id = $2 or h.merchant_ids is null or h.merchant_ids ? $3)
    order by h.sequence`,
);

const selectStates = named(
  "order.states",
  "select id, status, currency, total from orders where id = any($1::text[])",
);
