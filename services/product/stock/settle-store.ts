// The statements that settle a reservation or take it back.
import { type Db, named } from "#kit/db.ts";
import { steadily } from "./conflicts.ts";
import { movementIds } from "./movement-ids.ts";
import type { Reservation } from "./stock.ts";

/** Reservations of these orders, open or closed, in no order. */
export async function findReservations(
  db: Db,
  orderIds: readonly string[],
): Promise<Reservation[]> {
  const { rows } = await db.query<Omit<Reservation, "orderId"> & { readonly order_id: string }>(
    find([orderIds]),
  );
  return rows.map(({ order_id, state, lines }) => ({ orderId: order_id, state, lines }));
}

const find = named(
  "product.stock.reservations",
  "select order_id, state, lines from reservations where order_id = any($1::text[])",
);

/** Books what these orders hold as sold. What is not held is left as it is. */
export async function settle(db: Db, orderIds: readonly string[]): Promise<void> {
  await steadily(() => db.query(book([orderIds, ...movementIds()])));
}

/**
 * Puts back what these orders hold or were sold and did not return, and closes their reservations.
 * `only`: leaves as they are those that are not in one of these states.
 */
export async function takeBack(
  db: Db,
  orderIds: readonly string[],
  only: readonly Exclude<Reservation["state"], "released">[] = ["held", "committed"],
): Promise<void> {
  let open = orderIds;
  while (open.length > 0) {
    const { rows: known } = await steadily(() =>
      db.query<{ order_id: string }>(putBack([open, only, ...movementIds()])),
    );
    const unknown = without(open, known);
    if (unknown.length === 0) {
      return;
    }
    // Apart from the statement above: it holds stock rows, for which a reservation that is being
    // inserted right now may wait, and this one waits for that reservation.
    const { rows: closed } = await steadily(() => db.query<{ order_id: string }>(close([unknown])));
    open = without(unknown, closed);
  }
}

function without(ids: readonly string[], rows: readonly { readonly order_id: string }[]): string[] {
  const found = new Set(rows.map(({ order_id }) => order_id));
  return ids.filter((id) => !found.has(id));
}

// In both statements below a reservation is first locked, then its stock, and written last: to
// ReserveStock, which comes from the other side, a row that is only locked is no obstacle. Why the
// locked values are written: see reserve-store.ts.

const book = named(
  "product.stock.book",
  `with due as materialized (
     select order_id, lines from reservations
      where order_id = any($1::text[]) and state = 'held'
      order by order_id
        for no key update
   ), sold as materialized (
     select d.order_id, l."productId" as product_id, l.quantity
       from due d, jsonb_to_recordset(d.lines) as l ("productId" text, quantity integer)
   ), total as materialized (
     select product_id, sum(quantity) as quantity from sold group by product_id
   ), locked as materialized (
     select s.product_id, s.reserved - t.quantity as reserved, s.sold + t.quantity as sold
       from total t join stock s on s.product_id = t.product_id
      order by s.product_id
        for no key update of s
   ), booked as (
     update stock s set reserved = l.reserved, sold = l.sold
       from locked l
      where s.product_id = l.product_id
     returning s.product_id
   ), moved as (
     insert into stock_movements (product_id, id, delta, reason, order_id, actor)
     select product_id,
            ($2::text || lpad(to_hex($3::bigint + row_number() over ()), 12, '0'))::uuid,
            -quantity, 'sold', order_id, 'order'
       from sold
   )
   update reservations r set state = 'committed'
     from due
    where r.order_id = due.order_id and (select count(*) from booked) > 0`,
);

// Answers the orders that it knows; only what was sold is in the ledger, so only that returns there.
const putBack = named(
  "product.stock.put-back",
  `with due as materialized (
     select order_id, state, lines, returns from reservations
      where order_id = any($1::text[]) and state = any($2::text[])
      order by order_id
        for no key update
   ), back as materialized (
     select d.order_id, d.state, l."productId" as product_id, l.quantity - (
              select coalesce(sum(b.quantity), 0)::integer
                from jsonb_each(d.returns) as r (id, lines),
                     jsonb_to_recordset(r.lines) as b ("productId" text, quantity integer)
               where b."productId" = l."productId") as quantity
       from due d, jsonb_to_recordset(d.lines) as l ("productId" text, quantity integer)
   ), total as materialized (
     select product_id, coalesce(sum(quantity) filter (where state = 'held'), 0) as held,
            coalesce(sum(quantity) filter (where state = 'committed'), 0) as sold
       from back group by product_id
   ), locked as materialized (
     select s.product_id, s.available + t.held + t.sold as available, s.reserved - t.held as reserved,
            s.sold - t.sold as sold, s.version + 1 as version
       from total t join stock s on s.product_id = t.product_id
      order by s.product_id
        for no key update of s
   ), shelved as (
     update stock s
        set available = l.available, reserved = l.reserved, sold = l.sold, version = l.version
       from locked l
      where s.product_id = l.product_id
     returning s.product_id
   ), moved as (
     insert into stock_movements (product_id, id, delta, reason, order_id, actor)
     select product_id,
            ($3::text || lpad(to_hex($4::bigint + row_number() over ()), 12, '0'))::uuid,
            quantity, 'returned', order_id, 'order'
       from back where state = 'committed' and quantity > 0
   ), closed as (
     update reservations r set state = 'released'
       from due
      where r.order_id = due.order_id and (select count(*) from shelved) > 0
   )
   select order_id from reservations where order_id = any($1::text[])`,
);

const close = named(
  "product.stock.close",
  `insert into reservations (order_id, state, lines)
   select id, 'released', '[]' from unnest($1::text[]) as i (id)
    order by id collate "C"
       on conflict do nothing
   returning order_id`,
);
