/** Windows added up to hours and days. Pure. */
import { type Grain, startOf } from "./grains.ts";
import type { Delta } from "./windows.ts";

/** What a batch of events adds to one hour or one day. */
export interface Rollup extends Readonly<Delta> {
  readonly grain: Exclude<Grain, "minute">;
}

const ROLLED_UP: readonly Rollup["grain"][] = ["hour", "day"];

export function rollUp(deltas: readonly Readonly<Delta>[]): Rollup[] {
  const rollups = new Map<string, Delta & Rollup>();
  for (const delta of deltas) {
    for (const grain of ROLLED_UP) {
      const startTime = startOf(grain, delta.startTime);
      const key = `${grain} ${startTime.getTime()} ${delta.currency} ${delta.merchantId}`;
      const sum = rollups.get(key);
      if (sum) {
        add(sum, delta);
      } else {
        rollups.set(key, { ...delta, grain, startTime, buyers: new Set(delta.buyers) });
      }
    }
  }
  return [...rollups.values()];
}

/** In place: a day's buyers are many, and each minute adds a few. */
function add(sum: Delta, delta: Readonly<Delta>): void {
  for (const buyer of delta.buyers) {
    sum.buyers.add(buyer);
  }
  sum.orders += delta.orders;
  sum.units += delta.units;
  sum.orderTotal += delta.orderTotal;
  sum.revenue += delta.revenue;
  sum.refunded += delta.refunded;
  sum.rejected += delta.rejected;
  sum.cancelled += delta.cancelled;
}
