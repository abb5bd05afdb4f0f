/** The SQL of windows added up. */
import { named, type Tx } from "#kit/db.ts";
import type { ReadDb } from "#kit/lists.ts";
import { pieceColumns, type Range } from "./grains.ts";
import type { Rollup } from "./rollups.ts";

/** All windows of a range in one currency; amounts in its minor unit. */
export interface Sum {
  readonly currency: string;
  readonly orders: bigint;
  readonly units: bigint;
  readonly orderTotal: bigint;
  readonly uniqueBuyers: bigint;
  readonly revenue: bigint;
  readonly refunded: bigint;
  readonly rejected: bigint;
  readonly cancelled: bigint;
}

export async function addToRollups(tx: Tx, rollups: readonly Rollup[]): Promise<void> {
  if (rollups.length === 0) {
    return;
  }
  const buyers = rollups.flatMap(({ buyers, ...rollup }) =>
    [...buyers].map((userId) => ({ ...rollup, userId })),
  );
  await tx.query(
    add([
      buyers.map(({ merchantId }) => merchantId),
      buyers.map(({ grain }) => grain),
      buyers.map(({ startTime }) => startTime),
      buyers.map(({ currency }) => currency),
      buyers.map(({ userId }) => userId),
      rollups.map(({ merchantId }) => merchantId),
      rollups.map(({ grain }) => grain),
      rollups.map(({ startTime }) => startTime),
      rollups.map(({ currency }) => currency),
      rollups.map(({ orders }) => orders),
      rollups.map(({ units }) => units),
      rollups.map(({ orderTotal }) => orderTotal),
      rollups.map(({ revenue }) => revenue),
      rollups.map(({ refunded }) => refunded),
      rollups.map(({ rejected }) => rejected),
      rollups.map(({ cancelled }) => cancelled),
    ]),
  );
}

/** By currency. A buyer counts once in all of the range. */
export async function sumUp(db: ReadDb, merchantId: string, range: Range): Promise<Sum[]> {
  const { rows } = await db.query<Sum>(sum([merchantId, ...pieceColumns(range)]));
  return rows;
}

const add = named(
  "analytics.rollups.add",
  `with bought as (
     insert into rollup_buyers (merchant_id, grain, start_time, currency, user_id)
     select * from unnest($1::text[], $2::text[], $3::timestamptz[], $4::text[], $5::text[])
         as b(merchant_id, grain, start_time, currency, user_id)
      order by merchant_id, grain, start_time, currency, user_id
     on conflict do nothing
   )
   insert into rollups as r (merchant_id, grain, start_time, currency, orders, units, order_total,
                             revenue, refunded, rejected, cancelled)
   select * from unnest($6::text[], $7::text[], $8::timestamptz[], $9::text[], $10::bigint[],
                        $11::bigint[], $12::bigint[], $13::bigint[], $14::bigint[], $15::bigint[],
                        $16::bigint[])
       as d(merchant_id, grain, start_time, currency, orders, units, order_total, revenue, refunded,
            rejected, cancelled)
    order by merchant_id, grain, start_time, currency
   on conflict (merchant_id, grain, start_time, currency) do update
      set orders = r.orders + excluded.orders, units = r.units + excluded.units,
          order_total = r.order_total + excluded.order_total,
          revenue = r.revenue + excluded.revenue, refunded = r.refunded + excluded.refunded,
          rejected = r.rejected + excluded.rejected, cancelled = r.cancelled + excluded.cancelled`,
);

const sum = named(
  "analytics.rollups.sum",
  `with pieces as materialized (
     select * from unnest($2::text[], $3::timestamptz[], $4::timestamptz[])
         as p(grain, since, until)
   ), counted as (
     select currency, orders, units, order_total, revenue, refunded, rejected, cancelled
       from pieces p
       join rollups r on r.merchant_id = $1 and r.grain = p.grain
                     and r.start_time >= p.since and r.start_time < p.until
      union all
     select currency, orders, units, order_total, revenue, refunded, rejected, cancelled
       from pieces p
       join windows w on p.grain = 'minute' and w.merchant_id = $1
                     and w.start_time >= p.since and w.start_time < p.until
   ), bought as (
     select currency, user_id
       from pieces p
       join rollup_buyers r on r.merchant_id = $1 and r.grain = p.grain
                           and r.start_time >= p.since and r.start_time < p.until
      union
     select currency, user_id
       from pieces p
       join window_buyers w on p.grain = 'minute' and w.merchant_id = $1
                           and w.start_time >= p.since and w.start_time < p.until
   ), buyers as (
     select currency, count(*) as unique_buyers from bought group by currency
   )
   select currency, sum(orders)::bigint as orders, sum(units)::bigint as units,
          sum(order_total)::bigint as "orderTotal",
          coalesce(min(unique_buyers), 0) as "uniqueBuyers", sum(revenue)::bigint as revenue,
          sum(refunded)::bigint as refunded, sum(rejected)::bigint as rejected,
          sum(cancelled)::bigint as cancelled
     from counted left join buyers using (currency)
    group by currency
    order by currency`,
);
