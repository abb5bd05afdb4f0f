/**
 * Decides checkouts: one statement for as many as wait moves order, history, saga and event together.
 */
import { type Db, named } from "#kit/db.ts";
import { type OutgoingEvent, outboxColumns } from "#kit/outbox.ts";
import { CREATE_ORDER, type Kept } from "./answers.ts";
import { toItems } from "./rows.ts";
import { merchantsOf } from "./shipments.ts";
import type { Change } from "./steps.ts";

/** What a checkout makes of its order: its end, or that its payment waits. */
export interface Decision extends Change {
  readonly event: OutgoingEvent;
  readonly fence: bigint;
  /** Where the saga goes on; null: it has ended. */
  readonly nextStep: "wait" | "settle" | null;
  /** What the saga's row carries from now on. */
  readonly state: unknown;
  /** What a repeat of the caller's key is to be answered. */
  readonly answer: Kept | undefined;
}

/**
 * Moves pending orders to what was decided. Answers for each whether it was: it
 * is not where the saga has gone to another process, where the order has moved
 * meanwhile, or where one that was to go on was asked to be cancelled.
 */
export async function decideOrders(db: Db, decisions: readonly Decision[]): Promise<boolean[]> {
  const orders = decisions.map(({ order }) => order);
  const sold = orders.flatMap((order) =>
    order.status === "CONFIRMED"
      ? merchantsOf(order).map((merchantId) => ({ merchantId, orderId: order.id }))
      : [],
  );
  const { rows } = await db.query<{ id: string }>(
    decide([
      orders.map(({ id }) => id),
      decisions.map(({ fence }) => fence),
      decisions.map(({ nextStep }) => nextStep),
      orders.map(({ status }) => status),
      orders.map(toItems),
      orders.map(({ totals }) => totals?.currency ?? null),
      orders.map(({ totals }) => totals?.subtotal ?? null),
      orders.map(({ totals }) => totals?.discounts ?? null),
      orders.map(({ totals }) => totals?.shipping ?? null),
      orders.map(({ totals }) => totals?.tax ?? null),
      orders.map(({ totals }) => totals?.total ?? null),
      orders.map(({ paymentId }) => paymentId ?? null),
      orders.map(({ rejection }) => (rejection ? JSON.stringify(rejection) : null)),
      orders.map(({ sequence }) => sequence),
      orders.map(({ updateTime }) => updateTime),
      decisions.map(({ step }) => step.reason),
      decisions.map(({ step }) => step.actor),
      decisions.map(({ answer }) => answer?.status ?? null),
      decisions.map(({ answer }) => answer?.details ?? null),
      decisions.map(({ answer }) => answer?.bytes ?? null),
      ...outboxColumns(decisions.map(({ event }) => event)),
      CREATE_ORDER,
      decisions.map(({ step }) => step.event),
      orders.map(({ nextAction }) => (nextAction ? JSON.stringify(nextAction) : null)),
      decisions.map(({ nextStep, state }) => (nextStep === "wait" ? JSON.stringify(state) : null)),
      sold.map(({ orderId }) => orderId),
      sold.map(({ merchantId }) => merchantId),
    ]),
  );
  const decided = new Set(rows.map(({ id }) => id));
  return orders.map(({ id }) => decided.has(id));
}

const decide = named(
  "order.decide",
  `with asked as materialized (
     select * from unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::jsonb[], $6::text[],
                          $7::bigint[], $8::bigint[], $9::bigint[], $10::bigint[], $11::bigint[],
                          $12::text[], $13::jsonb[], $14::int[], $15::timestamptz[], $16::text[],
                          $17::text[], $18::smallint[], $19::bytea[], $20::bytea[], $29::text[],
                          $30::jsonb[], $31::jsonb[])
         as a(id, fence, next_step, status, items, currency, subtotal, discounts, shipping, tax, total,
              payment_id, rejection, sequence, at, reason, actor, answer_status, details, answer, event,
              next_action, state)
   ), held as materialized (
     select s.id
       from sagas s
       join asked a on s.kind = 'checkout' and s.id = a.id and s.fence = a.fence
      order by s.id
        for update of s
   ), decided as (
     update orders o
        set status = a.status, items = a.items, currency = a.currency, subtotal = a.subtotal,
            discounts = a.discounts, shipping = a.shipping, tax = a.tax, total = a.total,
            payment_id = a.payment_id, rejection = a.rejection, sequence = a.sequence,
            update_time = a.at, next_action = a.next_action
       from asked a
       join held using (id)
      where o.id = a.id and o.status = 'PENDING' and o.sequence = a.sequence - 1
        and (a.status not in ('CONFIRMED', 'PENDING') or o.cancel_requested is null)
     returning o.id, o.user_id, o.status, o.items, o.from_cart, o.placed_by, o.idempotency_key,
               o.create_time, o.update_time
   ), told as (
     insert into order_history (order_id, sequence, status, event, reason, actor, time)
     select a.id, a.sequence, a.status, a.event, a.reason, a.actor, a.at
       from asked a
       join decided using (id)
   ), sold as (
     insert into merchant_orders (merchant_id, create_time, order_id)
     select m.merchant_id, d.create_time, d.id
       from unnest($32::text[], $33::text[]) as m(id, merchant_id)
       join decided d using (id)
   ), put_back as (
     insert into carts as c (user_id, items, version, create_time, update_time)
     select d.user_id, cart_items(jsonb_agg(i.item order by d.id, i.place)), 1, max(d.update_time),
            max(d.update_time)
       from decided d
      cross join jsonb_array_elements(d.items) with ordinality as i(item, place)
      where d.from_cart and d.status = 'REJECTED'
      group by d.user_id
      order by d.user_id
     on conflict (user_id) do update
        set items = cart_items(c.items || excluded.items), version = c.version + 1,
            update_time = excluded.update_time
   ), moved as (
     update sagas s
        set step = a.next_step, state = coalesce(a.state, s.state), attempts = 0, moved_at = now()
       from asked a
       join decided using (id)
      where s.kind = 'checkout' and s.id = a.id and a.next_step is not null
   ), ended as (
     delete from sagas s
      using asked a
       join decided using (id)
      where s.kind = 'checkout' and s.id = a.id and a.next_step is null
   ), kept as (
     update idempotency_keys k
        set status = a.answer_status, details = a.details, answer = a.answer
       from asked a
       join decided d using (id)
      where a.answer_status is not null and k.caller = d.placed_by and k.key = d.idempotency_key
        and k.rpc = $28 and k.status is null
   ), published as (
     insert into outbox (event_id, topic, key, type, payload, occurred_at, traceparent)
     select e.* from unnest($21::uuid[], $22::text[], $23::text[], $24::text[], $25::text[],
                            $26::timestamptz[], $27::text[])
              as e(event_id, topic, key, type, payload, occurred_at, traceparent)
              join decided on decided.id = e.key
   )
   select id from decided`,
);
