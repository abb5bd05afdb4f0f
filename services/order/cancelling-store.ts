/** The statements of cancelling. */
import { type Db, named } from "#kit/db.ts";
import type { CancelRequest } from "./order.ts";

/**
 * Asks a pending order's checkout to go back; who asked first stays. One that waits for
 * its person is due at once. False: the order is not pending.
 */
export async function requestCancel(db: Db, id: string, request: CancelRequest): Promise<boolean> {
  const { rowCount } = await db.query(ask([id, JSON.stringify(request)]));
  return rowCount === 1;
}

const ask = named(
  "order.cancel.ask",
  `with asked as (
     update orders
        set cancel_requested = coalesce(cancel_requested, $2)
      where id = $1 and status = 'PENDING'
     returning id
   ), hurried as (
     update sagas s
        set lease_until = now()
       from asked
      where s.kind = 'checkout' and s.id = asked.id and s.step = 'wait'
   )
   select id from asked`,
);
