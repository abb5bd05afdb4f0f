/** Orders by when they were placed, and how many have come to each stage. Pure. */
import { GRAINS, type Grain, startOf } from "./grains.ts";
import { type OrderPart, STAGES, type Stage } from "./stages.ts";

export type Counts = Readonly<Record<"placed" | Stage, number>>;

const NONE: Counts = {
  ...{ placed: 0, confirmed: 0, paid: 0, cancelled: 0 },
  ...{ shipped: 0, delivered: 0, returned: 0 },
};

/** What is to be added to the orders that were placed in that time. */
export interface Funnel extends Counts {
  readonly grain: Grain;
  readonly startTime: Date;
  readonly merchantId: string;
}

/** What funnels gain by parts that were `before` and are `after`. */
export function gained(before: readonly OrderPart[], after: readonly OrderPart[]): Funnel[] {
  const funnels = new Map<string, Sum>();
  for (const part of before) {
    add(funnels, part, -1);
  }
  for (const part of after) {
    add(funnels, part, 1);
  }
  return [...funnels.values()].filter(
    (funnel) => funnel.placed !== 0 || STAGES.some((stage) => funnel[stage] !== 0),
  );
}

type Sum = Pick<Funnel, "grain" | "startTime" | "merchantId"> & Record<keyof Counts, number>;

/** To nothing while nobody knows when the order was placed. */
function add(funnels: Map<string, Sum>, part: OrderPart, sign: 1 | -1): void {
  const { merchantId, placeTime } = part;
  if (placeTime === undefined) {
    return;
  }
  for (const grain of GRAINS) {
    const startTime = startOf(grain, placeTime);
    const key = `${grain} ${startTime.getTime()} ${merchantId}`;
    const sum = funnels.get(key) ?? { grain, startTime, merchantId, ...NONE };
    funnels.set(key, sum);
    sum.placed += sign;
    for (const stage of STAGES) {
      sum[stage] += part[stage] ? sign : 0;
    }
  }
}
