// What the sweeper asks of its own database.
import { type Db, named } from "#kit/db.ts";

/** Takes the sweeper's lease for `ms` milliseconds. False: another replica has it. */
export async function takeSweep(db: Db, ms: number): Promise<boolean> {
  const { rowCount } = await db.query(take([ms]));
  return rowCount === 1;
}

const take = named(
  "product.sweep.take",
  `update stock_sweep set lease_until = now() + $1 * interval '1 millisecond'
    where lease_until < now()`,
);

/** Lets others sweep at once. */
export async function endSweep(db: Db): Promise<void> {
  await db.query(end([]));
}

const end = named("product.sweep.end", "update stock_sweep set lease_until = '-infinity'");

/** A held reservation, and where the next batch begins. */
export interface OldReservation {
  readonly orderId: string;
  readonly createdAt: Date;
}

/** Held reservations older than `seconds`, oldest first, those behind `after`. */
export async function oldReservations(
  db: Db,
  seconds: number,
  after: OldReservation | undefined,
  limit: number,
): Promise<OldReservation[]> {
  const { rows } = await db.query<{ order_id: string; created_at: Date }>(
    old([seconds, after?.createdAt ?? null, after?.orderId ?? "", limit]),
  );
  return rows.map((row) => ({ orderId: row.order_id, createdAt: row.created_at }));
}

const old = named(
  "product.sweep.old",
  `select order_id, created_at from reservations
    where state = 'held' and created_at < now() - $1 * interval '1 second'
      and created_at >= (select clean_until from stock_sweep)
      and ($2::timestamptz is null or (created_at, order_id) > ($2, $3::text))
    order by created_at, order_id
    limit $4`,
);

/**
 * Notes up to where nothing is held any more, so that the next sweep need not look there. A minute
 * is left: what began before may be committed after.
 */
export async function noteClean(db: Db, seconds: number): Promise<void> {
  await db.query(clean([seconds]));
}

const clean = named(
  "product.sweep.clean",
  `update stock_sweep
      set clean_until = greatest(clean_until, least(
            now() - $1 * interval '1 second',
            (select min(created_at) from reservations
              where state = 'held' and created_at >= (select clean_until from stock_sweep)))
          - interval '1 minute')`,
);

/** How many reservations are held, by age: the upper ends are in seconds. */
export async function heldByAge(db: Db, ends: readonly number[]): Promise<Map<number, number>> {
  const { rows } = await db.query<{ ends: number; count: bigint }>(byAge([ends]));
  return new Map(rows.map((row) => [row.ends, Number(row.count)]));
}

const byAge = named(
  "product.sweep.by-age",
  `select e.ends::float8 as ends, count(r.order_id) as count
     from unnest($1::float8[]) as e (ends)
     left join reservations r
       on r.state = 'held' and r.created_at >= (select clean_until from stock_sweep)
      and r.created_at > now() - e.ends * interval '1 second'
    group by e.ends`,
);
