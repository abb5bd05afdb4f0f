/** What was counted, as the contract's messages. */
import type {
  Cohort as CohortMessage,
  CohortMonth,
  ProductSales,
  Summary,
} from "#gen/tradepost/analytics/v1/analytics.ts";
import type { CohortRow } from "./cohort-store.ts";
import type { Sum } from "./rollup-store.ts";
import type { Sold } from "./sales-store.ts";
import { averageOrderValue } from "./windows.ts";

export function toSummary({ currency, orderTotal, ...sum }: Sum): Summary {
  const { orders, units, uniqueBuyers, revenue, refunded, rejected, cancelled } = sum;
  const money = (amount: bigint) => ({ currencyCode: currency, amount });
  return {
    currencyCode: currency,
    orders,
    units,
    uniqueBuyers,
    revenue: money(revenue),
    refunded: money(refunded),
    net: money(revenue - refunded),
    averageOrderValue: money(averageOrderValue(orderTotal, orders)),
    rejected,
    cancelled,
  };
}

export function toProductSales({ currency, revenue, ...sold }: Sold): ProductSales {
  const { productId, name, units, orders } = sold;
  return { productId, name, units, orders, revenue: { currencyCode: currency, amount: revenue } };
}

/** `rows` in the order of listCohorts: a cohort's first row is that of its own month. */
export function toCohorts(rows: readonly CohortRow[]): CohortMessage[] {
  const cohorts = new Map<number, CohortMessage & { months: CohortMonth[] }>();
  for (const { firstMonth, month, currency, buyers, spent } of rows) {
    const cohort = cohorts.get(firstMonth.getTime()) ?? {
      startTime: firstMonth,
      buyers,
      months: [],
    };
    cohorts.set(firstMonth.getTime(), cohort);
    if (currency === "") {
      cohort.months.push({ startTime: month, buyers, spent: [] });
    } else {
      cohort.months.at(-1)?.spent.push({ currencyCode: currency, amount: spent });
    }
  }
  return [...cohorts.values()];
}
