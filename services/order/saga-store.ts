/** The small statements of the sagas. Each asks that the saga is still this process's. */
import { type Db, named } from "#kit/db.ts";
import type { Saga } from "#kit/saga.ts";
import type { CancelRequest, Order } from "./order.ts";
import { toItems } from "./rows.ts";

type Leased = Pick<Saga, "kind" | "id" | "fence">;

/** Sends a checkout on its way back. False: it has gone to another process. */
export async function turnBack(db: Db, saga: Leased, state: unknown): Promise<boolean> {
  const { rowCount } = await db.query(
    turn([saga.kind, saga.id, saga.fence, JSON.stringify(state)]),
  );
  return rowCount === 1;
}

/** Writes the prices of a held order down while its charge's outcome is not known. */
export async function recordHeld(db: Db, saga: Leased, order: Order): Promise<void> {
  const { totals } = order;
  await db.query(
    record([
      saga.kind,
      saga.id,
      saga.fence,
      toItems(order),
      totals?.currency,
      totals?.subtotal,
      totals?.discounts,
      totals?.shipping,
      totals?.tax,
      totals?.total,
    ]),
  );
}

/** What a statement that was refused has to know before it is tried again. */
export interface Seen {
  readonly sequence: number;
  readonly cancelRequest: CancelRequest | undefined;
}

/** The pending order of a checkout that is still this process's; undefined: it is not. */
export async function lookAgain(db: Db, saga: Leased): Promise<Seen | undefined> {
  const { rows } = await db.query<{ sequence: number; cancel_requested: CancelRequest | null }>(
    look([saga.kind, saga.id, saga.fence]),
  );
  const [row] = rows;
  return row && { sequence: row.sequence, cancelRequest: row.cancel_requested ?? undefined };
}

export async function endSagas(db: Db, sagas: readonly Leased[]): Promise<void> {
  await db.query(
    end([
      sagas.map(({ kind }) => kind),
      sagas.map(({ id }) => id),
      sagas.map(({ fence }) => fence),
    ]),
  );
}

const turn = named(
  "order.saga.turn-back",
  `update sagas
      set step = 'back', state = $4, attempts = 0, moved_at = now()
    where kind = $1 and id = $2 and fence = $3`,
);

const record = named(
  "order.saga.record-held",
  `with held as (
     select id from sagas where kind = $1 and id = $2 and fence = $3 for update
   )
   update orders o
      set items = $4, currency = $5, subtotal = $6, discounts = $7, shipping = $8, tax = $9, total = $10
     from held
    where o.id = held.id and o.status = 'PENDING'`,
);

const look = named(
  "order.saga.look",
  `select o.sequence, o.cancel_requested
     from sagas s
     join orders o on o.id = s.id
    where s.kind = $1 and s.id = $2 and s.fence = $3 and o.status = 'PENDING'`,
);

const end = named(
  "order.saga.end",
  `delete from sagas s
    using unnest($1::text[], $2::text[], $3::bigint[]) as a(kind, id, fence)
    where s.kind = a.kind and s.id = a.id and s.fence = a.fence`,
);
