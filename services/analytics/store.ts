/** Every SQL statement of the analytics service. */
import { named, type Tx } from "#kit/db.ts";
import type { ReadDb } from "#kit/lists.ts";
import { appendToOutbox } from "#kit/outbox.ts";
import type { Heard } from "#kit/subscription.ts";
import { toEvent } from "./events.ts";
import { type Delta, LATENESS_MS, WINDOW_MS, type Window } from "./windows.ts";

export interface Page {
  readonly merchantId: string;
  readonly from: Date;
  readonly to: Date;
  readonly currency: string | undefined;
  readonly after: { readonly startTime: Date; readonly currency: string } | undefined;
  readonly limit: number;
}

/** A partition that is silent for longer does not hold the watermark back; in milliseconds. */
const IDLE_MS = 10_000;

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

/** Notes how far each partition is in event time. */
export async function noteProgress(
  tx: Tx,
  topic: string,
  events: readonly Heard<unknown>[],
): Promise<void> {
  const latest = new Map<number, Date>();
  for (const { partition, time } of events) {
    const known = latest.get(partition);
    latest.set(partition, known && known > time ? known : time);
  }
  const partitions = [...latest].sort(([a], [b]) => a - b);
  await tx.query(
    note([topic, partitions.map(([partition]) => partition), partitions.map(([, time]) => time)]),
  );
}

/**
 * Marks windows that the watermark has passed as final, and publishes each that changed since it
 * was last published; answers how many.
 */
export async function publishWindows(tx: Tx): Promise<number> {
  const { rows } = await tx.query<Window>(publish([IDLE_MS, LATENESS_MS, WINDOW_MS]));
  await appendToOutbox(tx, rows.map(toEvent));
  return rows.length;
}

/** Newest first. */
export async function listWindows(db: ReadDb, page: Page): Promise<Window[]> {
  const { merchantId, from, to, currency, after, limit } = page;
  const { rows } = await db.query<Window>(
    list([merchantId, from, to, currency, after?.startTime, after?.currency, limit]),
  );
  return rows;
}

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
                             revenue, refunded, rejected, cancelled, unique_buyers)
   select d.*, coalesce(counted.buyers, 0)
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
          version = w.version + 1, update_time = now()`,
);

const note = named(
  "analytics.note",
  `insert into progress as p (topic, partition, event_time)
   select $1, * from unnest($2::int[], $3::timestamptz[])
   on conflict (topic, partition) do update
      set event_time = greatest(p.event_time, excluded.event_time), seen_at = now()`,
);

const publish = named(
  "analytics.publish",
  `with watermark as (
     select least(min(event_time), now()) - $2 * interval '1 millisecond' as time
       from progress
      where seen_at > now() - $1 * interval '1 millisecond'
   ), due as (
     select start_time, currency, merchant_id,
            not final and start_time + $3 * interval '1 millisecond' <= watermark.time as closes
       from windows cross join watermark
      where published < version
         or not final and start_time + $3 * interval '1 millisecond' <= watermark.time
      order by start_time, currency, merchant_id
        for update of windows skip locked
   )
   update windows w
      set final = w.final or d.closes, version = w.version + d.closes::int,
          published = w.version + d.closes::int,
          update_time = case when d.closes then now() else w.update_time end
     from due d
    where (w.start_time, w.currency, w.merchant_id) = (d.start_time, d.currency, d.merchant_id)
   returning w.start_time as "startTime", w.currency, w.merchant_id as "merchantId", w.orders,
             w.units, w.order_total as "orderTotal", w.unique_buyers as "uniqueBuyers", w.revenue,
             w.refunded, w.rejected, w.cancelled, w.final, w.version, w.update_time as "updateTime"`,
);

const list = named(
  "analytics.list",
  `select start_time as "startTime", currency, merchant_id as "merchantId", orders, units,
          order_total as "orderTotal", unique_buyers as "uniqueBuyers", revenue, refunded,
          rejected, cancelled, final, version, update_time as "updateTime"
     from windows
    where merchant_id = $1 and start_time >= $2 and start_time < $3
      and ($4::text is null or currency = $4)
      and ($5::timestamptz is null or (start_time, currency) < ($5, $6::text))
    order by start_time desc, currency desc
    limit $7`,
);
