// The catalogue's rows: one by one and by id. Lists are in listing.ts, stock is in stock/.
import pg from "pg";
import { type Db, named, type Tx } from "#kit/db.ts";
import { type OutgoingEvent, outboxColumns } from "#kit/outbox.ts";
import { type Product, skuTaken } from "./product.ts";
import { columns, type Listed, type ListedRow, toListed, toRow } from "./rows.ts";

/** A product to be added, with what it has in stock at first. */
export interface Arrival {
  readonly product: Product;
  readonly stock: number;
  /** Of the ledger's first row. */
  readonly movementId: string;
}

export async function getProducts(db: Db | Tx, ids: readonly string[]): Promise<Listed[]> {
  const { rows } = await db.query<ListedRow>(get([ids]));
  return rows.map(toListed);
}

const get = named(
  "product.get",
  `select ${columns}
     from products p join stock s on s.product_id = p.id
    where p.id = any($1::text[])`,
);

/** The product, so that nobody else changes it before this transaction ends. */
export async function lockProduct(tx: Tx, id: string): Promise<Listed | undefined> {
  const { rows } = await tx.query<ListedRow>(lock([id]));
  return rows.map(toListed)[0];
}

const lock = named(
  "product.lock",
  `select ${columns}
     from products p join stock s on s.product_id = p.id
    where p.id = $1
      for no key update of p`,
);

/**
 * Adds products, their stock, its first movements and their events. Answers the ids of those that
 * are new: one whose id or SKU is taken is left out with all that belongs to it.
 */
export async function addProducts(
  tx: Tx,
  arrivals: readonly Arrival[],
  events: readonly OutgoingEvent[],
): Promise<string[]> {
  const rows = arrivals.map(({ product, stock, movementId }) => ({
    ...toRow(product),
    stock,
    movement_id: movementId,
  }));
  const { rows: added } = await tx.query<{ id: string }>(
    add([JSON.stringify(rows), ...outboxColumns(events)]),
  );
  return added.map(({ id }) => id);
}

const add = named(
  "product.add",
  `with given as materialized (
     select * from jsonb_to_recordset($1::jsonb) as g (
       id text, merchant_id text, sku text, name text, description text, price_amount bigint,
       currency text, categories text[], attributes jsonb, status text, version bigint,
       created_at timestamptz, updated_at timestamptz, stock bigint, movement_id uuid)
   ), added as (
     insert into products (id, merchant_id, sku, name, description, price_amount, currency,
                           categories, attributes, status, version, created_at, updated_at)
     select id, merchant_id, sku, name, description, price_amount, currency,
            categories, attributes, status, version, created_at, updated_at
       from given
         on conflict do nothing
     returning id, merchant_id, created_at
   ), stocked as (
     insert into stock (product_id, available)
     select a.id, g.stock from added a join given g on g.id = a.id
   ), counted as (
     insert into popularity (product_id) select id from added
   ), moved as (
     insert into stock_movements (product_id, id, delta, reason, actor, created_at)
     select a.id, g.movement_id, g.stock, 'initial', a.merchant_id, a.created_at
       from added a join given g on g.id = a.id
      where g.stock > 0
   ), told as (
     insert into outbox (event_id, topic, key, type, payload, occurred_at, traceparent)
     select e.* from unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[],
                            $7::timestamptz[], $8::text[])
              as e (event_id, topic, key, type, payload, occurred_at, traceparent)
       join added a on a.id = e.key
   )
   select id from added`,
);

/** Writes it back with its events, if its etag is still the one given. Answers whether it was. */
export async function saveProduct(
  tx: Tx,
  product: Product,
  etag: string | undefined,
  events: readonly OutgoingEvent[],
): Promise<boolean> {
  const row = toRow(product);
  const values = [
    row.id,
    row.sku,
    row.name,
    row.description,
    row.price_amount,
    row.currency,
    row.categories,
    row.attributes,
    row.status,
    row.version,
    row.updated_at,
    etag,
  ];
  try {
    const { rowCount } = await tx.query(save([...values, ...outboxColumns(events)]));
    return rowCount === 1;
  } catch (error) {
    if (error instanceof pg.DatabaseError && error.constraint === "products_sku_key") {
      throw skuTaken(product.sku);
    }
    throw error;
  }
}

const save = named(
  "product.save",
  `with saved as (
     update products p
        set sku = $2, name = $3, description = $4, price_amount = $5, currency = $6,
            categories = $7, attributes = $8, status = $9, version = $10, updated_at = $11
       from stock s
      where p.id = $1 and s.product_id = p.id
        and ($12::text is null or p.version || '-' || s.version = $12)
     returning p.id
   ), told as (
     insert into outbox (event_id, topic, key, type, payload, occurred_at, traceparent)
     select e.* from saved, unnest($13::uuid[], $14::text[], $15::text[], $16::text[], $17::text[],
                                   $18::timestamptz[], $19::text[]) as e
   )
   select id from saved`,
);
