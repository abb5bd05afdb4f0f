/** The rpcs of AnalyticsService, in the order of the .proto. */
import type { AnalyticsServiceImplementation } from "#gen/tradepost/analytics/v1/analytics.ts";
import { type CallExtras, type Caller, hasRole } from "#kit/call.ts";
import type { Changes } from "#kit/changes.ts";
import type { Db } from "#kit/db.ts";
import type { ReadDb } from "#kit/lists.ts";
import { pageOf, pageSizeOf, readPageToken, textPart, timePart } from "#kit/page-token.ts";
import { listCohorts } from "./cohort-store.ts";
import { monthsOf } from "./cohorts.ts";
import { getFunnel } from "./funnel-store.ts";
import { rangeOf, timeOf } from "./grains.ts";
import { toMessage } from "./messages.ts";
import { sumUp } from "./rollup-store.ts";
import { topProducts } from "./sales-store.ts";
import { listWindows } from "./store.ts";
import { toCohorts, toProductSales, toSummary } from "./view-messages.ts";
import { watchWindows } from "./watching.ts";

const HOUR_MS = 3_600_000;

export interface Deps {
  readonly db: Db;
  /** Where all but streams are read: events make what is counted, no call does. */
  readonly counted: ReadDb;
  readonly changes: Changes;
}

export function analyticsService(deps: Deps): AnalyticsServiceImplementation<CallExtras> {
  const { counted } = deps;
  return {
    async listWindows({ from, to, currency, pageSize, pageToken }, { call: { caller } }) {
      const merchantId = whose(caller);
      const filter = ["windows", merchantId, from, to, currency];
      const size = pageSizeOf(pageSize);
      // "Now" is the first page's on all pages: else the oldest windows would drop out.
      const key = readPageToken(pageToken, filter, [timePart, textPart, timePart]);
      const until = timeOf("to", to ?? key?.[2] ?? new Date());
      const windows = await listWindows(counted, {
        merchantId,
        from: timeOf("from", from ?? new Date(until.getTime() - HOUR_MS)),
        to: until,
        currency,
        after: key && { startTime: key[0], currency: key[1] },
        limit: size + 1,
      });
      const { rows, nextPageToken } = pageOf(windows, size, filter, (window) => [
        window.startTime.toISOString(),
        window.currency,
        until.toISOString(),
      ]);
      return { windows: rows.map(toMessage), nextPageToken };
    },

    async *watchWindows({ cursor, currency }, { call: { caller, signal } }) {
      yield* watchWindows(deps, { merchantId: whose(caller), currency }, cursor, signal);
    },

    async getSummary(asked, { call: { caller } }) {
      const sums = await sumUp(counted, whose(caller), rangeOf(asked, new Date()));
      return { summaries: sums.map(toSummary) };
    },

    async listTopProducts({ currency, pageSize, ...asked }, { call: { caller } }) {
      const limit = pageSizeOf(pageSize);
      const range = rangeOf(asked, new Date());
      const products = await topProducts(counted, whose(caller), range, { currency, limit });
      return { products: products.map(toProductSales) };
    },

    async getFunnel(asked, { call: { caller } }) {
      return { funnel: await getFunnel(counted, whose(caller), rangeOf(asked, new Date())) };
    },

    async listCohorts(asked, { call: { caller } }) {
      const rows = await listCohorts(counted, whose(caller), monthsOf(asked, new Date()));
      return { cohorts: toCohorts(rows) };
    },
  };
}

/** The merchant whose part the caller is shown; "": all of the shop. */
function whose(caller: Caller): string {
  return hasRole(caller, "ADMIN") ? "" : caller.userId;
}
