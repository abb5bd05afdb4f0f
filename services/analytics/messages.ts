/** A window as the contract's message. */
import type { Window as WindowMessage } from "#gen/tradepost/analytics/v1/analytics.ts";
import { averageOrderValue, WINDOW_MS, type Window } from "./windows.ts";

export function toMessage(window: Window): WindowMessage {
  const money = (amount: bigint) => ({ currencyCode: window.currency, amount });
  return {
    startTime: window.startTime,
    endTime: new Date(window.startTime.getTime() + WINDOW_MS),
    currencyCode: window.currency,
    orders: window.orders,
    units: window.units,
    uniqueBuyers: window.uniqueBuyers,
    revenue: money(window.revenue),
    refunded: money(window.refunded),
    averageOrderValue: money(averageOrderValue(window.orderTotal, window.orders)),
    rejected: window.rejected,
    cancelled: window.cancelled,
    final: window.final,
    version: window.version,
    updateTime: window.updateTime,
  };
}
