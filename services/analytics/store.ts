/** The SQL of windows. */
import { LATE_MS, type Look } from "#kit/changes.ts";
import { type Db, named, type Tx } from "#kit/db.ts";
import type { ReadDb } from "#kit/lists.ts";
import type { Delta, Window } from "./windows.ts";

export interface Page {
  readonly merchantId: string;
  readonly from: Date;
  readonly to: Date;
  readonly currency: string | undefined;
  readonly after: { readonly startTime: Date; readonly currency: string } | undefined;
  readonly limit: number;
}

/** Adds to windows, late ones too. */
export async function addToWindows(tx: Tx, deltas: readonly Delta[]): Promise<void> {
  if (deltas.length === 0) {
    return;
  }
  const buyers = deltas.flatMap(({ buyers, startTime, currency, merchantId }) =>
    [...buyers].sort().map((userId) => ({ startTime, currency, merchantId, userId })),
  );
  await tx.query(
    add([
      buyers.map(({ startTime }) => startTime),
      buyers.map(({ currency }) => currency),
      buyers.map(({ merchantId }) => merchantId),
      buyers.map(({ userId }) => userId),
      deltas.map(({ startTime }) => startTime),
      deltas.map(({ currency }) => currency),
      deltas.map(({ merchantId }) => merchantId),
      deltas.map(({ orders }) => orders),
      deltas.map(({ units }) => units),
      deltas.map(({ orderTotal }) => orderTotal),
      deltas.map(({ revenue }) => revenue),
      deltas.map(({ refunded }) => refunded),
      deltas.map(({ rejected }) => rejected),
      deltas.map(({ cancelled }) => cancelled),
    ]),
  );
}

/** Newest first. */
export async function listWindows(db: ReadDb, page: Page): Promise<Window[]> {
  const { merchantId, from, to, currency, after, limit } = page;
  const { rows } = await db.query<Window>(
    list([merchantId, from, to, currency, after?.startTime, after?.currency, limit]),
  );
  return rows;
}

/** Of these merchants ("": the whole shop), those of whose windows some changed. */
export async function whoseChanged(
  db: Db,
  merchantIds: readonly string[],
  last: Date | undefined,
): Promise<Look> {
  const { rows } = await db.query<Look>(changedOf([merchantIds, last, LATE_MS]));
  return rows[0] as Look;
}

/** In the order of their changes: of those at `from` or later the ones after `last`. */
export async function changedAfter(
  db: Db,
  { merchantId, currency }: { readonly merchantId: string; readonly currency: string | undefined },
  from: Date,
  last: Window | undefined,
  limit: number,
): Promise<Window[]> {
  const { rows } = await db.query<Window>(
    changed([merchantId, currency, from, last?.updateTime, last?.startTime, last?.currency, limit]),
  );
  return rows;
}

const columns = `start_time as "startTime", currency, merchant_id as "merchantId", orders, units,
  order_total as "orderTotal", unique_buyers as "uniqueBuyers", revenue, refunded, rejected,
  cancelled, final, version, update_time as "updateTime"`;

// The time of a change is when it is made, not when its transaction began, so that who watches sees
// it soon after.
const add = named(
  "analytics.add",
  `with new_buyers as (
     insert into window_buyers (start_time, currency, merchant_id, user_id)
     select * from unnest($1::timestamptz[], $2::text[], $3::text[], $4::text[])
     on conflict do nothing
     returning start_time, currency, merchant_id
   ), counted as (
     select start_time, currency, merchant_id, count(*)::int as buyers
       from new_buyers
      group by start_time, currency, merchant_id
   )
   insert into windows as w (start_time, currency, merchant_id, orders, units, order_total,
                             revenue, refunded, rejected, cancelled, unique_buyers, update_time)
   select d.*, coalesce(counted.buyers, 0), clock_timestamp()
     from unnest($5::timestamptz[], $6::text[], $7::text[], $8::int[], $9::bigint[], $10::bigint[],
                 $11::bigint[], $12::bigint[], $13::int[], $14::int[])
       as d(start_time, currency, merchant_id, orders, units, order_total,
            revenue, refunded, rejected, cancelled)
     left join counted using (start_time, currency, merchant_id)
    order by start_time, currency, merchant_id
   on conflict (start_time, currency, merchant_id) do update
      set orders = w.orders + excluded.orders, units = w.units + excluded.units,
          order_total = w.order_total + excluded.order_total,
          revenue = w.revenue + excluded.revenue, refunded = w.refunded + excluded.refunded,
          rejected = w.rejected + excluded.rejected, cancelled = w.cancelled + excluded.cancelled,
          unique_buyers = w.unique_buyers + excluded.unique_buyers,
          version = w.version + 1, update_time = clock_timestamp()`,
);

const list = named(
  "analytics.list",
  `select ${columns}
     from windows
    where merchant_id = $1 and start_time >= $2 and start_time < $3
      and ($4::text is null or currency = $4)
      and ($5::timestamptz is null or (start_time, currency) < ($5, $6::text))
    order by start_time desc, currency desc
    limit $7`,
);

const changedOf = named(
  "analytics.whose-changed",
  `select now() as at, array(
     select merchant_id from unnest($1::text[]) as watched (merchant_id)
      where exists (select from windows w
                     where w.merchant_id = watched.merchant_id
                       and w.update_time >= coalesce($2::timestamptz, now())
                                            - $3 * interval '1 millisecond')) as changed`,
);

const changed = named(
  "analytics.changed",
  // JavaScript's dates have milliseconds.
  `select ${columns}
     from windows
    where merchant_id = $1 and ($2::text is null or currency = $2) and update_time >= $3
      and ($4::timestamptz is null
           or (date_trunc('milliseconds', update_time), start_time, currency)
              > ($4, $5::timestamptz, $6::text))
    order by date_trunc('milliseconds', update_time), start_time, currency
    limit $7`,
);
