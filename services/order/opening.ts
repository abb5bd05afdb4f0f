/**
 * Opens orders: one statement for as many as wait writes order, history, saga and event together.
 */
import { type Db, named } from "#kit/db.ts";
import { type OutgoingEvent, outboxColumns } from "#kit/outbox.ts";
import { LEASE_MS } from "#kit/saga.ts";
import { CREATE_ORDER, type Key } from "./answers.ts";
import { toItems } from "./rows.ts";
import type { Change } from "./steps.ts";

export interface Opening extends Change {
  readonly event: OutgoingEvent;
  readonly key: Key | undefined;
  readonly requestId: string;
  /** Its items are all that is in the buyer's cart at this version; they are taken out of it. */
  readonly cartVersion: bigint | undefined;
}

/**
 * Opens orders with their sagas, leased to this process with fence 1. Answers for
 * each whether it was opened; it is not where its key was used before, or where its
 * cart has changed.
 */
export async function openOrders(db: Db, openings: readonly Opening[]): Promise<boolean[]> {
  const orders = openings.map(({ order }) => order);
  const { rows } = await db.query<{ id: string }>(
    open([
      CREATE_ORDER,
      LEASE_MS,
      orders.map(({ id }) => id),
      orders.map(({ userId }) => userId),
      orders.map(toItems),
      orders.map(({ address }) => JSON.stringify(address)),
      orders.map(({ paymentMethod }) => paymentMethod),
      orders.map(({ createTime }) => createTime),
      openings.map(({ step }) => step.actor),
      openings.map(({ key }) => key?.placedBy ?? null),
      openings.map(({ key }) => key?.key ?? null),
      openings.map(({ key }) => key?.requestHash ?? null),
      ...outboxColumns(openings.map(({ event }) => event)),
      openings.map(({ key, requestId }) => (key ? requestId : null)),
      orders.map(({ capture }) => capture),
      openings.map(({ cartVersion }) => cartVersion ?? null),
    ]),
  );
  const opened = new Set(rows.map(({ id }) => id));
  return orders.map(({ id }) => opened.has(id));
}

const open = named(
  "order.open",
  `with asked as materialized (
     select distinct on (placed_by, coalesce(key, id)) *
       from unnest($3::text[], $4::text[], $5::jsonb[], $6::jsonb[], $7::text[], $8::timestamptz[],
                   $9::text[], $10::text[], $11::text[], $12::bytea[], $19::text[], $20::text[], $21::text[],
                   $22::bigint[])
         as a(id, user_id, items, address, method, at, actor, placed_by, key, hash, traceparent,
              request_id, capture, cart_version)
      order by placed_by, coalesce(key, id), id
   ), carted as materialized (
     select distinct on (user_id) id, user_id, cart_version
       from asked
      where cart_version is not null
      order by user_id, id
   ), locked as materialized (
     select t.id
       from carts c
       join carted t on t.user_id = c.user_id and t.cart_version = c.version
      order by c.user_id
        for update of c
   ), open as materialized (
     select * from asked where cart_version is null or id in (select id from locked)
   ), keyed as (
     insert into idempotency_keys (caller, rpc, key, request_hash)
     select placed_by, $1, key, hash from open where key is not null
     on conflict do nothing
     returning caller, key
   ), opened as (
     insert into orders (id, user_id, status, items, shipping_address, payment_method, capture,
                         sequence, placed_by, idempotency_key, from_cart, create_time, update_time)
     select a.id, a.user_id, 'PENDING', a.items, a.address, a.method, a.capture, 1, a.placed_by,
            a.key, a.cart_version is not null, a.at, a.at
       from open a
       left join keyed k on k.caller = a.placed_by and k.key = a.key
      where a.key is null or k.key is not null
     returning id, user_id, from_cart
   ), emptied as (
     update carts c
        set items = '[]', version = c.version + 1, update_time = now()
       from opened o
      where o.from_cart and c.user_id = o.user_id
   ), told as (
     insert into order_history (order_id, sequence, status, event, reason, actor, time)
     select a.id, 1, 'PENDING', 'OrderPlaced', '', a.actor, a.at
       from asked a join opened using (id)
   ), begun as (
     insert into sagas (kind, id, step, state, lease_until, traceparent)
     select 'checkout', a.id, 'forward',
            jsonb_strip_nulls(jsonb_build_object('requestId', a.request_id)),
            now() + $2 * interval '1 millisecond', a.traceparent
       from asked a join opened using (id)
   ), published as (
     insert into outbox (event_id, topic, key, type, payload, occurred_at, traceparent)
     select e.* from unnest($13::uuid[], $14::text[], $15::text[], $16::text[], $17::text[],
                            $18::timestamptz[], $19::text[])
              as e(event_id, topic, key, type, payload, occurred_at, traceparent)
              join opened on opened.id = e.key
   )
   select id from opened`,
);
