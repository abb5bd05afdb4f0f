/** The SQL of how far orders have come. */
import { named, type Tx } from "#kit/db.ts";
import type { ReadDb } from "#kit/lists.ts";
import { type Counts, type Funnel, gained } from "./funnels.ts";
import { pieceColumns, type Range } from "./grains.ts";
import { advance, changed, type OrderPart, type Told } from "./stages.ts";

/** Keeps how far orders have come; answers what funnels gain by it. */
export async function advanceOrders(
  tx: Tx,
  told: readonly Told[],
  isAlone: boolean,
): Promise<Funnel[]> {
  if (told.length === 0) {
    return [];
  }
  const orderIds = [...new Set(told.map(({ orderId }) => orderId))];
  if (!isAlone) {
    await tx.query(lock([orderIds]));
  }
  const { rows } = await tx.query<PartRow>(read([orderIds]));
  const before = rows.map((row) => ({ ...row, placeTime: row.placeTime ?? undefined }));
  const after = advance(before, told);
  const parts = changed(before, after);
  if (parts.length > 0) {
    await tx.query(
      save([
        parts.map(({ orderId }) => orderId),
        parts.map(({ merchantId }) => merchantId),
        parts.map(({ placeTime }) => placeTime),
        parts.map(({ confirmed }) => confirmed),
        parts.map(({ paid }) => paid),
        parts.map(({ shipped }) => shipped),
        parts.map(({ delivered }) => delivered),
        parts.map(({ cancelled }) => cancelled),
        parts.map(({ returned }) => returned),
      ]),
    );
  }
  const orders = new Set(parts.map(({ orderId }) => orderId));
  const isOneOf = ({ orderId }: OrderPart) => orders.has(orderId);
  return gained(before.filter(isOneOf), after.filter(isOneOf));
}

export async function addToFunnels(tx: Tx, funnels: readonly Funnel[]): Promise<void> {
  if (funnels.length > 0) {
    await tx.query(
      add([
        funnels.map(({ merchantId }) => merchantId),
        funnels.map(({ grain }) => grain),
        funnels.map(({ startTime }) => startTime),
        funnels.map(({ placed }) => placed),
        funnels.map(({ confirmed }) => confirmed),
        funnels.map(({ paid }) => paid),
        funnels.map(({ shipped }) => shipped),
        funnels.map(({ delivered }) => delivered),
        funnels.map(({ cancelled }) => cancelled),
        funnels.map(({ returned }) => returned),
      ]),
    );
  }
}

/** Of the orders that were placed in the range. */
export async function getFunnel(
  db: ReadDb,
  merchantId: string,
  range: Range,
): Promise<Record<keyof Counts, bigint>> {
  const { rows } = await db.query<Record<keyof Counts, bigint>>(
    get([merchantId, ...pieceColumns(range)]),
  );
  return rows[0] as Record<keyof Counts, bigint>;
}

interface PartRow extends Omit<OrderPart, "placeTime"> {
  readonly placeTime: Date | null;
}

/**
 * The whole order's row stands for all rows of it, and is there from now on. One that was there is
 * locked and not written: that is what `where false` does.
 */
const lock = named(
  "analytics.orders.lock",
  `insert into order_parts (order_id, merchant_id)
   select id, '' from unnest($1::text[]) as o(id) order by id
   on conflict (order_id, merchant_id) do update
      set order_id = excluded.order_id where false`,
);

const read = named(
  "analytics.orders.read",
  `select order_id as "orderId", merchant_id as "merchantId", place_time as "placeTime", confirmed,
          paid, shipped, delivered, cancelled, returned
     from order_parts
    where order_id = any ($1::text[])`,
);

const save = named(
  "analytics.orders.save",
  `insert into order_parts as o (order_id, merchant_id, place_time, confirmed, paid, shipped,
                                 delivered, cancelled, returned)
   select * from unnest($1::text[], $2::text[], $3::timestamptz[], $4::boolean[], $5::boolean[],
                        $6::boolean[], $7::boolean[], $8::boolean[], $9::boolean[])
   on conflict (order_id, merchant_id) do update
      set place_time = excluded.place_time, confirmed = excluded.confirmed, paid = excluded.paid,
          shipped = excluded.shipped, delivered = excluded.delivered,
          cancelled = excluded.cancelled, returned = excluded.returned`,
);

const add = named(
  "analytics.funnels.add",
  `insert into funnels as f (merchant_id, grain, start_time, placed, confirmed, paid, shipped,
                             delivered, cancelled, returned)
   select * from unnest($1::text[], $2::text[], $3::timestamptz[], $4::bigint[], $5::bigint[],
                        $6::bigint[], $7::bigint[], $8::bigint[], $9::bigint[], $10::bigint[])
       as d(merchant_id, grain, start_time, placed, confirmed, paid, shipped, delivered, cancelled,
            returned)
    order by merchant_id, grain, start_time
   on conflict (merchant_id, grain, start_time) do update
      set placed = f.placed + excluded.placed, confirmed = f.confirmed + excluded.confirmed,
          paid = f.paid + excluded.paid, shipped = f.shipped + excluded.shipped,
          delivered = f.delivered + excluded.delivered,
          cancelled = f.cancelled + excluded.cancelled,
          returned = f.returned + excluded.returned`,
);

const get = named(
  "analytics.funnels.get",
  `select coalesce(sum(placed), 0)::bigint as placed,
          coalesce(sum(confirmed), 0)::bigint as confirmed,
          coalesce(sum(paid), 0)::bigint as paid,
          coalesce(sum(shipped), 0)::bigint as shipped,
          coalesce(sum(delivered), 0)::bigint as delivered,
          coalesce(sum(cancelled), 0)::bigint as cancelled,
          coalesce(sum(returned), 0)::bigint as returned
     from unnest($2::text[], $3::timestamptz[], $4::timestamptz[]) as p(grain, since, until)
     join funnels f on f.merchant_id = $1 and f.grain = p.grain
                   and f.start_time >= p.since and f.start_time < p.until`,
);
