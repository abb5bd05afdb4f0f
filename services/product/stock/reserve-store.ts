// The statement that decides whether orders can be had.
import { type Db, named } from "#kit/db.ts";
import { steadily } from "./conflicts.ts";
import type { HeldLine, Reservation, Shelf, Wish } from "./stock.ts";

export type Attempt =
  | { readonly isHeld: true; readonly reservations: readonly Reservation[] }
  | { readonly isHeld: false; readonly shelves: readonly Shelf[] };

/**
 * Holds the stock of all these orders, which are each named once, or of none. If of all: answers
 * those that are new; an order that has a reservation keeps that one and takes nothing. If of
 * none: what was on the shelves at that moment.
 */
export async function holdAll(db: Db, wishes: readonly Wish[]): Promise<Attempt> {
  const orders = wishes.flatMap(({ orderId, lines }) => lines.map(() => orderId));
  const lines = wishes.flatMap((wish) => wish.lines);
  const { rows } = await steadily(() =>
    db.query<HoldRow>(
      hold([orders, lines.map((line) => line.productId), lines.map((line) => line.quantity)]),
    ),
  );
  if (rows.some(({ fits }) => fits)) {
    const held = rows.filter(({ order_id }) => order_id !== null);
    return {
      isHeld: true,
      reservations: held.map((row) => ({
        orderId: row.order_id,
        state: "held",
        lines: row.lines,
      })),
    };
  }
  const shelves = rows.filter(({ product_id }) => product_id !== null);
  return {
    isHeld: false,
    shelves: shelves.map((row) => ({
      productId: row.product_id,
      available: row.available,
      currency: row.currency,
    })),
  };
}

/** One row has `fits` and nothing else; the others are reservations, or shelves. */
interface HoldRow {
  readonly fits: boolean | null;
  readonly order_id: string;
  readonly lines: HeldLine[];
  readonly product_id: string;
  readonly available: bigint;
  readonly currency: string;
}

// Stock rows are locked in the order of their ids before anything is written, and reservations are
// inserted in the order of theirs, so that no two of these statements wait for each other. What is
// written is computed from the locked rows: a computation from `s` itself would first be made on
// the row as it was before the wait, and fail its check though the row that counts would pass.
const hold = named(
  "product.stock.hold",
  `with asked as materialized (
     select * from unnest($1::text[], $2::text[], $3::integer[])
       with ordinality as a (order_id, product_id, quantity, line)
   ), wanted as materialized (
     select product_id, sum(quantity) as quantity from asked group by product_id
   ), shelf as materialized (
     select s.product_id, s.available, s.reserved, s.version, w.quantity,
            p.merchant_id, p.name, p.price_amount, p.currency, p.status = 'active' as on_sale
       from wanted w
       join stock s on s.product_id = w.product_id
       join products p on p.id = w.product_id
      order by s.product_id
        for no key update of s
   ), priced as materialized (
     select a.order_id, count(distinct s.currency) as currencies,
            jsonb_agg(jsonb_build_object(
              'productId', s.product_id, 'merchantId', s.merchant_id, 'name', s.name,
              'quantity', a.quantity, 'currency', s.currency, 'amount', s.price_amount::text)
              order by a.line) as lines
       from asked a join shelf s on s.product_id = a.product_id
      group by a.order_id
   ), decision as materialized (
     select coalesce(count(*) = (select count(*) from wanted)
              and bool_and(on_sale and available >= quantity)
              and not exists (select from priced where currencies > 1), false) as fits
       from shelf
   ), held as (
     insert into reservations (order_id, state, lines)
     select order_id, 'held', lines from priced where (select fits from decision)
      order by order_id collate "C"
         on conflict do nothing
     returning order_id, lines
   ), taken as (
     update stock s
        set available = shelf.available - t.quantity, reserved = shelf.reserved + t.quantity,
            version = shelf.version + 1
       from (select a.product_id, sum(a.quantity) as quantity
               from asked a join held on held.order_id = a.order_id
              group by a.product_id) t
       join shelf on shelf.product_id = t.product_id
      where s.product_id = t.product_id
   )
   select fits, null as order_id, null::jsonb as lines,
          null as product_id, null::bigint as available, null as currency
     from decision
    union all
   select null, order_id, lines, null, null, null from held
    union all
   select null, null, null, product_id, available, currency
     from shelf where on_sale and not (select fits from decision)`,
);
