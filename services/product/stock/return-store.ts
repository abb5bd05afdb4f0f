// The statement that puts sold goods back into the stock.
import { type Db, named } from "#kit/db.ts";
import { steadily } from "./conflicts.ts";
import { movementIds } from "./movement-ids.ts";
import { settle } from "./settle-store.ts";
import type { Return } from "./stock.ts";

/** `closed`: nothing was sold to the order. `excess`: more than was sold and not yet returned. */
export type Returned = "done" | "closed" | "excess";

/** Puts goods that came back on the shelf, once for each return's id, all lines or none. */
export async function takeReturn(db: Db, { id, orderId, lines }: Return): Promise<Returned> {
  const asked = [
    orderId,
    id,
    lines.map(({ productId }) => productId),
    lines.map(({ quantity }) => quantity),
  ];
  for (;;) {
    const { rows } = await steadily(() =>
      db.query<{ verdict: Returned | "held" }>(putOnShelf([...asked, ...movementIds()])),
    );
    const verdict = rows[0]?.verdict ?? "closed";
    if (verdict !== "held") {
      return verdict;
    }
    // Delivered goods were sold: the order's own CommitStock is only late.
    await settle(db, [orderId]);
  }
}

const putOnShelf = named(
  "product.stock.return",
  `with due as materialized (
     select order_id, state, lines, returns from reservations where order_id = $1
        for no key update
   ), asked as materialized (
     select * from unnest($3::text[], $4::integer[]) as a (product_id, quantity)
   ), back as materialized (
     select l."productId" as product_id, sum(l.quantity) as quantity
       from due d, jsonb_each(d.returns) as r (id, lines),
            jsonb_to_recordset(r.lines) as l ("productId" text, quantity integer)
      group by 1
   ), verdict as materialized (
     select case
              when d.state = 'held' then 'held'
              when d.state = 'released' then 'closed'
              when d.returns ? $2 then 'known'
              when exists (
                select from asked a
                  left join jsonb_to_recordset(d.lines) as l ("productId" text, quantity integer)
                    on l."productId" = a.product_id
                  left join back b on b.product_id = a.product_id
                 where a.quantity > coalesce(l.quantity, 0) - coalesce(b.quantity, 0)) then 'excess'
              else 'due'
            end as verdict
       from due d
   ), locked as materialized (
     select s.product_id, s.available + a.quantity as available, s.sold - a.quantity as sold,
            s.version + 1 as version
       from asked a join stock s on s.product_id = a.product_id
      where (select verdict from verdict) = 'due'
      order by s.product_id
        for no key update of s
   ), shelved as (
     update stock s set available = l.available, sold = l.sold, version = l.version
       from locked l
      where s.product_id = l.product_id
     returning s.product_id
   ), moved as (
     insert into stock_movements (product_id, id, delta, reason, order_id, actor)
     select product_id,
            ($5::text || lpad(to_hex($6::bigint + row_number() over ()), 12, '0'))::uuid,
            quantity, 'return', $1, 'order'
       from asked where (select verdict from verdict) = 'due'
   ), noted as (
     update reservations r
        set returns = due.returns || jsonb_build_object($2::text, (
              select jsonb_agg(jsonb_build_object('productId', product_id, 'quantity', quantity))
                from asked))
       from due
      where r.order_id = due.order_id and (select count(*) from shelved) > 0
   )
   select case when verdict in ('due', 'known') then 'done' else verdict end as verdict
     from verdict`,
);
