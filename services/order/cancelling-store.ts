/** The statements of cancelling. */
import { type Db, named, type Tx } from "#kit/db.ts";
import { appendToOutbox } from "#kit/outbox.ts";
import { LEASE_MS } from "#kit/saga.ts";
import { toEvent } from "./events.ts";
import type { Change } from "./order.ts";
import type { CancelRequest } from "./saga-store.ts";

/** Asks a pending order's checkout to go back; who asked first stays. False: it is not pending. */
export async function requestCancel(db: Db, id: string, request: CancelRequest): Promise<boolean> {
  const { rowCount } = await db.query(ask([id, JSON.stringify(request)]));
  return rowCount === 1;
}

/**
 * Moves a confirmed order to CANCELLED and opens its saga, leased to this
 * process. False: somebody else has moved the order meanwhile.
 */
export async function cancelConfirmed(
  tx: Tx,
  change: Change,
  traceparent: string,
): Promise<boolean> {
  const { order, step } = change;
  const { rowCount } = await tx.query(
    move([
      order.id,
      order.sequence,
      step.reason,
      step.actor,
      order.updateTime,
      LEASE_MS,
      traceparent,
    ]),
  );
  if (rowCount === 1) {
    await appendToOutbox(tx, [toEvent(change, traceparent)]);
  }
  return rowCount === 1;
}

const ask = named(
  "order.cancel.ask",
  `update orders
      set cancel_requested = coalesce(cancel_requested, $2)
    where id = $1 and status = 'PENDING'`,
);

const move = named(
  "order.cancel.move",
  `with moved as (
     update orders
        set status = 'CANCELLED', sequence = $2, update_time = $5
      where id = $1 and status = 'CONFIRMED' and sequence = $2 - 1
     returning id
   ), told as (
     insert into order_history (order_id, sequence, status, reason, actor, time)
     select id, $2, 'CANCELLED', $3, $4, $5 from moved
   )
   insert into sagas (kind, id, step, state, lease_until, traceparent)
   select 'cancel', id, 'back', '{}', now() + $6 * interval '1 millisecond', $7 from moved`,
);
