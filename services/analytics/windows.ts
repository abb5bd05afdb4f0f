/** The rules of counting. Pure: no I/O, no clock, no protobuf. */
import { startOf } from "./grains.ts";

/** The length of a window, in milliseconds. */
export const WINDOW_MS = 60_000;
/** How much later than others an event may come and still find its window open, in milliseconds. */
export const LATENESS_MS = 30_000;
/** ISO 4217's code for no currency: an order that was rejected before it had a price. */
export const NO_CURRENCY = "XXX";

/** A window as it is kept; amounts in the currency's minor unit. */
export interface Window {
  readonly startTime: Date;
  readonly currency: string;
  /** "": the whole shop. */
  readonly merchantId: string;
  readonly orders: number;
  readonly units: bigint;
  readonly orderTotal: bigint;
  readonly uniqueBuyers: number;
  readonly revenue: bigint;
  readonly refunded: bigint;
  readonly rejected: number;
  readonly cancelled: number;
  readonly final: boolean;
  readonly version: bigint;
  readonly updateTime: Date;
}

/** What an event adds to the windows of its minute; amounts in the currency's minor unit. */
export type Counted = { readonly time: Date; readonly currency: string } & (
  | { readonly what: "confirmed"; readonly userId: string; readonly parts: readonly Part[] }
  | { readonly what: "rejected" | "cancelled"; readonly merchants: readonly string[] }
  | { readonly what: "revenue" | "refunded"; readonly shares: readonly Share[] }
);

/** What of an order is one merchant's; "": the whole of it. */
export interface Part {
  readonly merchantId: string;
  readonly units: number;
  readonly total: bigint;
}

export interface Share {
  readonly merchantId: string;
  readonly amount: bigint;
}

/** What a batch of events adds to one window. */
export interface Delta {
  readonly startTime: Date;
  readonly currency: string;
  /** "": the whole shop. */
  readonly merchantId: string;
  readonly buyers: Set<string>;
  orders: number;
  units: number;
  orderTotal: bigint;
  revenue: bigint;
  refunded: bigint;
  rejected: number;
  cancelled: number;
}

/** Adds events up by window. The order of the events does not matter. */
export function addUp(events: readonly Counted[]): Delta[] {
  const deltas = new Map<string, Delta>();
  for (const event of events) {
    const at = (merchantId: string) => deltaOf(deltas, event, merchantId);
    switch (event.what) {
      case "confirmed":
        for (const { merchantId, units, total } of event.parts) {
          const delta = at(merchantId);
          delta.orders += 1;
          delta.units += units;
          delta.orderTotal += total;
          delta.buyers.add(event.userId);
        }
        break;
      case "rejected":
      case "cancelled":
        for (const merchantId of ["", ...event.merchants]) {
          at(merchantId)[event.what] += 1;
        }
        break;
      case "revenue":
      case "refunded":
        for (const { merchantId, amount } of event.shares) {
          at("")[event.what] += amount;
          if (merchantId !== "") {
            at(merchantId)[event.what] += amount;
          }
        }
    }
  }
  return [...deltas.values()].sort(byKey);
}

/** The orders' totals by their number, rounded down; 0 without orders. */
export function averageOrderValue(orderTotal: bigint, orders: number | bigint): bigint {
  return BigInt(orders) === 0n ? 0n : orderTotal / BigInt(orders);
}

function deltaOf(
  deltas: Map<string, Delta>,
  { time, currency }: Counted,
  merchantId: string,
): Delta {
  const startTime = startOf("minute", time);
  const key = `${startTime.getTime()} ${currency} ${merchantId}`;
  let delta = deltas.get(key);
  if (!delta) {
    delta = {
      startTime,
      currency,
      merchantId,
      buyers: new Set(),
      orders: 0,
      units: 0,
      orderTotal: 0n,
      revenue: 0n,
      refunded: 0n,
      rejected: 0,
      cancelled: 0,
    };
    deltas.set(key, delta);
  }
  return delta;
}

/** Rows are locked in this order by every writer, so that none waits for the other. */
function byKey(a: Delta, b: Delta): number {
  return (
    a.startTime.getTime() - b.startTime.getTime() ||
    compare(a.currency, b.currency) ||
    compare(a.merchantId, b.merchantId)
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
