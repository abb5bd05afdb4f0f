/** The carts. Opening an order empties one, rejecting it fills it again: opening.ts, deciding.ts. */
import { type Db, named } from "#kit/db.ts";
import { type Cart, stale } from "./cart.ts";
import type { Item } from "./order.ts";

/** Empty for who has none. */
export async function getCart(db: Db, userId: string): Promise<Cart> {
  const { rows } = await db.query<CartRow>(select([userId]));
  const [row] = rows;
  return row
    ? toCart(row)
    : { userId, items: [], version: 0n, createTime: undefined, updateTime: undefined };
}

/** STALE_ETAG where `version` is given and not the cart's. The same items change nothing. */
export async function setCart(
  db: Db,
  userId: string,
  items: readonly Item[],
  version: bigint | undefined,
): Promise<Cart> {
  const { rows } = await db.query<CartRow>(
    replace([userId, JSON.stringify(items), version ?? null]),
  );
  const [row] = rows;
  if (!row) {
    throw stale();
  }
  return toCart(row);
}

interface CartRow {
  user_id: string;
  items: Item[];
  version: bigint;
  create_time: Date;
  update_time: Date;
}

function toCart(row: CartRow): Cart {
  return {
    userId: row.user_id,
    items: row.items,
    version: row.version,
    createTime: row.create_time,
    updateTime: row.update_time,
  };
}

const select = named(
  "order.cart.get",
  "select user_id, items, version, create_time, update_time from carts where user_id = $1",
);

const replace = named(
  "order.cart.set",
  `insert into carts as c (user_id, items, version, create_time, update_time)
   select $1, $2::jsonb, 1, now(), now()
    where coalesce($3::bigint, 0) = 0 or exists (select from carts where user_id = $1)
   on conflict (user_id) do update
      set items = excluded.items,
          version = c.version + (c.items is distinct from excluded.items)::int,
          update_time = case when c.items is distinct from excluded.items
                             then excluded.update_time else c.update_time end
    where $3::bigint is null or c.version = $3
   returning user_id, items, version, create_time, update_time`,
);
