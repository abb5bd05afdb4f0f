/**
 * Moves orders after their checkout: one statement writes order, history, saga and event together.
 */
import { named, type Tx } from "#kit/db.ts";
import { outboxColumns } from "#kit/outbox.ts";
import { LEASE_MS, type Saga } from "#kit/saga.ts";
import { toEvent } from "./events.ts";
import { toItems, toShipments } from "./rows.ts";
import { type Change, concerns } from "./steps.ts";

export interface Move {
  /** In their order; each begins where the one before ended. At least one. */
  readonly changes: readonly Change[];
  /** What has to follow elsewhere; it begins with the move, leased to this process. */
  readonly saga?: Pick<Saga, "kind" | "id" | "step" | "state"> | undefined;
  readonly traceparent: string;
}

/** Moves orders that the transaction has locked. */
export async function moveOrders(tx: Tx, moves: readonly Move[]): Promise<void> {
  if (moves.length === 0) {
    return;
  }
  const steps = moves.flatMap(({ changes }) => changes);
  const orders = moves.map(({ changes }) => last(changes).order);
  const sagas = moves.flatMap(({ changes, saga, traceparent }) =>
    saga ? [{ orderId: last(changes).order.id, traceparent, ...saga }] : [],
  );
  const events = moves.flatMap(({ changes, traceparent }) =>
    changes.map((change) => toEvent(change, traceparent)),
  );
  const { rowCount } = await tx.query(
    move([
      orders.map(({ id }) => id),
      moves.map(({ changes }) => last(changes).order.sequence - changes.length),
      orders.map(({ status }) => status),
      orders.map(toItems),
      orders.map(toShipments),
      orders.map(({ openDisputes }) => JSON.stringify(openDisputes)),
      orders.map(({ sequence }) => sequence),
      orders.map(({ updateTime }) => updateTime),
      steps.map(({ order }) => order.id),
      steps.map(({ order }) => order.sequence),
      steps.map(({ step }) => step.status),
      steps.map(({ step }) => step.event),
      steps.map(({ step }) => step.reason),
      steps.map(({ step }) => step.actor),
      steps.map(({ order }) => order.updateTime),
      steps.map(({ step }) => JSON.stringify(concerns(step)) ?? null),
      sagas.map(({ orderId }) => orderId),
      sagas.map(({ kind }) => kind),
      sagas.map(({ id }) => id),
      sagas.map(({ step }) => step),
      sagas.map(({ state }) => JSON.stringify(state)),
      sagas.map(({ traceparent }) => traceparent),
      ...outboxColumns(events),
      LEASE_MS,
    ]),
  );
  if (rowCount !== moves.length) {
    throw new Error(`${rowCount} of ${moves.length} locked orders were moved`);
  }
}

function last(changes: readonly Change[]): Change {
  return changes[changes.length - 1] as Change;
}

const move = named(
  "order.move",
  `with asked as materialized (
     select * from unnest($1::text[], $2::int[], $3::text[], $4::jsonb[], $5::jsonb[], $6::jsonb[],
                          $7::int[], $8::timestamptz[])
         as a(id, seen, status, items, shipments, disputes, sequence, at)
   ), moved as (
     update orders o
        set status = a.status, items = a.items, shipments = a.shipments,
            open_disputes = a.disputes, sequence = a.sequence, update_time = a.at,
            next_action = case when a.status = 'PENDING' then o.next_action end
       from asked a
      where o.id = a.id and o.sequence = a.seen
     returning o.id
   ), told as (
     insert into order_history (order_id, sequence, status, event, reason, actor, time, merchant_ids)
     select h.*
       from unnest($9::text[], $10::int[], $11::text[], $12::text[], $13::text[], $14::text[],
                   $15::timestamptz[], $16::jsonb[])
         as h(id, sequence, status, event, reason, actor, at, merchant_ids)
       join moved on moved.id = h.id
   ), begun as (
     insert into sagas (kind, id, step, state, lease_until, traceparent)
     select s.kind, s.id, s.step, s.state, now() + $30 * interval '1 millisecond', s.traceparent
       from unnest($17::text[], $18::text[], $19::text[], $20::text[], $21::jsonb[], $22::text[])
         as s(order_id, kind, id, step, state, traceparent)
       join moved on moved.id = s.order_id
   ), published as (
     insert into outbox (event_id, topic, key, type, payload, occurred_at, traceparent)
     select e.* from unnest($23::uuid[], $24::text[], $25::text[], $26::text[], $27::text[],
                            $28::timestamptz[], $29::text[])
              as e(event_id, topic, key, type, payload, occurred_at, traceparent)
              join moved on moved.id = e.key
   )
   select id from moved`,
);
