/** Windows added up to hours and days. Pure. */
import { type Grain, startOf } from "./grains.ts";
import { together } from "./together.ts";
import type { Delta } from "./windows.ts";

/** What a batch of events adds to one hour or one day. */
export interface Rollup extends Readonly<Delta> {
  readonly grain: Exclude<Grain, "minute">;
}

const ROLLED_UP: readonly Rollup["grain"][] = ["hour", "day"];

export function rollUp(deltas: readonly Readonly<Delta>[]): Rollup[] {
  const rollups = deltas.flatMap((delta) =>
    ROLLED_UP.map((grain) => ({ ...delta, grain, startTime: startOf(grain, delta.startTime) })),
  );
  return together(rollups, keyOf, add);
}

function keyOf({ grain, startTime, currency, merchantId }: Rollup): string {
  return `${grain} ${startTime.getTime()} ${currency} ${merchantId}`;
}

function add(a: Rollup, b: Rollup): Rollup {
  return {
    ...a,
    buyers: new Set([...a.buyers, ...b.buyers]),
    orders: a.orders + b.orders,
    units: a.units + b.units,
    orderTotal: a.orderTotal + b.orderTotal,
    revenue: a.revenue + b.revenue,
    refunded: a.refunded + b.refunded,
    rejected: a.rejected + b.rejected,
    cancelled: a.cancelled + b.cancelled,
  };
}
