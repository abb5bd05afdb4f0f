// The ledger of the stock, and what is written into it by hand.
import { type Db, named, type Tx } from "#kit/db.ts";

export interface Movement {
  readonly id: string;
  readonly productId: string;
  readonly delta: number;
  readonly reason: string;
  /** Undefined: put right by hand. */
  readonly orderId: string | undefined;
  readonly actor: string;
  readonly createdAt: Date;
}

export type Adjustment = Pick<Movement, "id" | "productId" | "delta" | "reason" | "actor">;

/**
 * Adds to the stock and writes it into the ledger, unless that would leave less than nothing.
 * Answers whether it did.
 */
export async function adjust(tx: Tx, adjustment: Adjustment): Promise<boolean> {
  const { id, productId, delta, reason, actor } = adjustment;
  const { rowCount } = await tx.query(change([id, productId, delta, reason, actor]));
  return rowCount === 1;
}

const change = named(
  "product.stock.adjust",
  `with changed as (
     update stock set available = available + $3::integer, version = version + 1
      where product_id = $2 and available + $3::integer >= 0
     returning product_id
   )
   insert into stock_movements (product_id, id, delta, reason, actor)
   select product_id, $1::uuid, $3, $4, $5 from changed`,
);

/** Newest first, those before the movement `before`. */
export async function listMovements(
  db: Db,
  productId: string,
  before: string | undefined,
  limit: number,
): Promise<Movement[]> {
  const { rows } = await db.query<MovementRow>(list([productId, before ?? newest, limit]));
  return rows.map((row) => ({
    id: row.id,
    productId: row.product_id,
    delta: row.delta,
    reason: row.reason,
    orderId: row.order_id ?? undefined,
    actor: row.actor,
    createdAt: row.created_at,
  }));
}

/** Behind every id. */
const newest = "ffffffff-ffff-ffff-ffff-ffffffffffff";

// Ids are UUIDv7, so their order is that of time.
const list = named(
  "product.stock.movements",
  `select id, product_id, delta, reason, order_id, actor, created_at
     from stock_movements
    where product_id = $1 and id < $2::uuid
    order by id desc
    limit $3`,
);

interface MovementRow {
  readonly id: string;
  readonly product_id: string;
  readonly delta: number;
  readonly reason: string;
  readonly order_id: string | null;
  readonly actor: string;
  readonly created_at: Date;
}
