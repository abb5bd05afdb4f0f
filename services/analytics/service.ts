/** The rpcs of AnalyticsService, in the order of the .proto. */
import type { AnalyticsServiceImplementation } from "#gen/tradepost/analytics/v1/analytics.ts";
import { type CallExtras, hasRole } from "#kit/call.ts";
import type { ReadDb } from "#kit/lists.ts";
import { pageOf, pageSizeOf, readPageToken, textPart, timePart } from "#kit/page-token.ts";
import { toMessage } from "./messages.ts";
import { listWindows } from "./store.ts";

const HOUR_MS = 3_600_000;

export function analyticsService({
  windows: db,
}: {
  /** Where windows are read: events make them, no call does. */
  readonly windows: ReadDb;
}): AnalyticsServiceImplementation<CallExtras> {
  return {
    async listWindows({ from, to, currency, pageSize, pageToken }, { call: { caller } }) {
      const merchantId = hasRole(caller, "ADMIN") ? "" : caller.userId;
      const filter = ["windows", merchantId, from, to, currency];
      const size = pageSizeOf(pageSize);
      // "Now" is the first page's on all pages: else the oldest windows would drop out.
      const key = readPageToken(pageToken, filter, [timePart, textPart, timePart]);
      const until = to ?? key?.[2] ?? new Date();
      const windows = await listWindows(db, {
        merchantId,
        from: from ?? new Date(until.getTime() - HOUR_MS),
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
  };
}
