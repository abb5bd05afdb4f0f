/** Orders by when they were placed, and how many have come to each stage. Pure. */
import { GRAINS, type Grain, startOf } from "./grains.ts";
import { type OrderPart, STAGES, type Stage } from "./stages.ts";
import { together } from "./together.ts";

export type Counts = Readonly<Record<"placed" | Stage, number>>;

/** What is to be added to the orders that were placed in that time. */
export interface Funnel extends Counts {
  readonly grain: Grain;
  readonly startTime: Date;
  readonly merchantId: string;
}

/** What funnels gain by parts that were `before` and are `after`. */
export function gained(before: readonly OrderPart[], after: readonly OrderPart[]): Funnel[] {
  const all = [
    ...before.flatMap((part) => funnelsOf(part, -1)),
    ...after.flatMap((part) => funnelsOf(part, 1)),
  ];
  return together(all, keyOf, (a, b) => ({ ...a, ...added(a, b) })).filter(
    ({ placed, ...counts }) => placed !== 0 || STAGES.some((stage) => counts[stage] !== 0),
  );
}

/** None while nobody knows when the order was placed. */
function funnelsOf(part: OrderPart, sign: 1 | -1): Funnel[] {
  const { merchantId, placeTime } = part;
  if (placeTime === undefined) {
    return [];
  }
  const count = (stage: Stage) => (part[stage] ? sign : 0);
  const counts = {
    placed: sign,
    confirmed: count("confirmed"),
    paid: count("paid"),
    shipped: count("shipped"),
    delivered: count("delivered"),
    cancelled: count("cancelled"),
    returned: count("returned"),
  };
  return GRAINS.map((grain) => ({
    grain,
    startTime: startOf(grain, placeTime),
    merchantId,
    ...counts,
  }));
}

function added(a: Counts, b: Counts): Counts {
  return {
    placed: a.placed + b.placed,
    confirmed: a.confirmed + b.confirmed,
    paid: a.paid + b.paid,
    shipped: a.shipped + b.shipped,
    delivered: a.delivered + b.delivered,
    cancelled: a.cancelled + b.cancelled,
    returned: a.returned + b.returned,
  };
}

function keyOf({ grain, startTime, merchantId }: Funnel): string {
  return `${grain} ${startTime.getTime()} ${merchantId}`;
}
