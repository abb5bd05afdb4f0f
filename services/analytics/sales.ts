/** What products sold. Pure. */
import { GRAINS, type Grain, startOf } from "./grains.ts";
import { together } from "./together.ts";

/** A line of a confirmed order. */
export interface Line {
  readonly productId: string;
  readonly merchantId: string;
  readonly name: string;
  readonly units: number;
  /** In the currency's minor unit. */
  readonly subtotal: bigint;
}

/** What a batch of events adds to one product's minute, hour or day. */
export interface Sales {
  readonly grain: Grain;
  readonly startTime: Date;
  readonly merchantId: string;
  readonly currency: string;
  readonly productId: string;
  readonly name: string;
  /** When it was called that. */
  readonly nameTime: Date;
  readonly units: number;
  readonly orders: number;
  readonly revenue: bigint;
}

/** Of one order, which counts once for a product, however many lines of it there are. */
export function salesOf(lines: readonly Line[], currency: string, time: Date): Sales[] {
  const startTime = startOf("minute", time);
  const sold = lines.map(
    ({ subtotal: revenue, ...line }): Sales => ({
      ...line,
      grain: "minute",
      startTime,
      currency,
      nameTime: time,
      orders: 1,
      revenue,
    }),
  );
  return together(sold, keyOf, (a, b) => ({ ...add(a, b), orders: 1 }));
}

/** Adds sales up by product, to minutes, hours and days. */
export function addSales(sales: readonly Sales[]): Sales[] {
  const all = together(sales, keyOf, add).flatMap((one) =>
    GRAINS.map((grain) => ({ ...one, grain, startTime: startOf(grain, one.startTime) })),
  );
  return together(all, keyOf, add);
}

function keyOf({ grain, startTime, merchantId, currency, productId }: Sales): string {
  return `${grain} ${startTime.getTime()} ${merchantId} ${currency} ${productId}`;
}

function add(a: Sales, b: Sales): Sales {
  const { name, nameTime } = isLater(a, b) ? a : b;
  return {
    ...a,
    name,
    nameTime,
    units: a.units + b.units,
    orders: a.orders + b.orders,
    revenue: a.revenue + b.revenue,
  };
}

/** Of two at the same time, any one, but always the same. */
function isLater(a: Sales, b: Sales): boolean {
  const apart = a.nameTime.getTime() - b.nameTime.getTime();
  return apart === 0 ? a.name > b.name : apart > 0;
}
