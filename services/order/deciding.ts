/**
 * Ends checkouts: one statement for as many as wait moves order, history, saga and event together.
 */
import { type Db, named } from "#kit/db.ts";
import { type OutgoingEvent, outboxColumns } from "#kit/outbox.ts";
import { CREATE_ORDER, type Kept } from "./answers.ts";
import type { Change } from "./order.ts";
import { toItems } from "./store.ts";

/** The end of a checkout: what the order became. */
export interface Decision extends Change {
  readonly event: OutgoingEvent;
  readonly fence: bigint;
  /** Where the saga goes on; null: it has ended. */
  readonly nextStep: "settle" | null;
  /** What a repeat of the caller's key is to be answered. */
  readonly answer: Kept | undefined;
}

/**
 * Moves pending orders to what was decided. Answers for each whether it was: it
 * is not where the saga has gone to another process, where the order is no
 * longer pending, or where a confirmed one was asked to be cancelled.
 */
export async function decideOrders(db: Db, decisions: readonly Decision[]): Promise<boolean[]> {
  const orders = decisions.map(({ order }) => order);
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
                          $17::text[], $18::smallint[], $19::bytea[], $20::bytea[])
         as a(id, fence, next_step, status, items, currency, subtotal, discounts, shipping, tax, total,
              payment_id, rejection, sequence, at, reason, actor, answer_status, details, answer)
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
            update_time = a.at
       from asked a
       join held using (id)
      where o.id = a.id and o.status = 'PENDING' and o.sequence = a.sequence - 1
        and (a.status <> 'CONFIRMED' or o.cancel_requested is null)
     returning o.id, o.placed_by, o.idempotency_key
   ), told as (
     insert into order_history (order_id, sequence, status, reason, actor, time)
     select a.id, a.sequence, a.status, a.reason, a.actor, a.at from asked a join decided using (id)
   ), moved as (
     update sagas s
        set step = a.next_step, attempts = 0, moved_at = now()
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
