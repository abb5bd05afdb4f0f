/** The SQL of the watermark: how far partitions are, and what is told of windows. */
import { named, type Tx } from "#kit/db.ts";
import { appendToOutbox } from "#kit/outbox.ts";
import type { Heard } from "#kit/subscription.ts";
import { toEvent } from "./events.ts";
import { LATENESS_MS, WINDOW_MS, type Window } from "./windows.ts";

/** A partition that is silent for longer does not hold the watermark back; in milliseconds. */
const IDLE_MS = 10_000;
/** Event times that are further ahead of the clock are not believed; in milliseconds. */
const AHEAD_MS = 60_000;

/** An event's place in Kafka, and its time. */
interface Placed extends Pick<Heard<unknown>, "partition" | "time"> {
  readonly topic: string;
}

/** Notes how far each partition is in event time. */
export async function noteProgress(tx: Tx, events: readonly Placed[]): Promise<void> {
  await tx.query(
    note([
      events.map(({ topic }) => topic),
      events.map(({ partition }) => partition),
      events.map(({ time }) => time.getTime()),
      AHEAD_MS,
    ]),
  );
}

/** Windows at once: after a rebuild all of them may have changed. */
export const AT_ONCE = 1_000;

/** As `closeWindows`, and publishes each that changed since it was last told of. */
export async function publishWindows(tx: Tx): Promise<number> {
  const changed = await takeChanged(tx);
  await appendToOutbox(tx, changed.map(toEvent));
  return changed.length;
}

/**
 * Marks windows that the watermark has passed as final; answers how many changed at all. If AT_ONCE
 * there may be more.
 */
export async function closeWindows(tx: Tx): Promise<number> {
  return (await takeChanged(tx)).length;
}

async function takeChanged(tx: Tx): Promise<Window[]> {
  const { rows } = await tx.query<Window>(publish([IDLE_MS, LATENESS_MS, WINDOW_MS, AT_ONCE]));
  return rows;
}

const note = named(
  "analytics.note",
  `insert into progress as p (topic, partition, event_time)
   select topic, partition, max(time)
     from unnest($1::text[], $2::int[], $3::float8[]) as heard(topic, partition, ms),
          to_timestamp(ms / 1000) as time
    where time <= now() + $4 * interval '1 millisecond'
    group by topic, partition
    order by topic, partition
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
      limit $4
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
