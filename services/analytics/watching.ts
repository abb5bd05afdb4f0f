/** WatchWindows: each window as it is when it changes, as long as somebody listens. */
import type { WatchWindowsResponse } from "#gen/tradepost/analytics/v1/analytics.ts";
import type { Changes } from "#kit/changes.ts";
import type { Db } from "#kit/db.ts";
import { type Followed, following } from "#kit/following.ts";
import { toMessage } from "./messages.ts";
import { changedAfter } from "./store.ts";
import type { Window } from "./windows.ts";

const PAGE = 100;

/** Whose windows, in which currency; undefined: in all. */
export interface Whose {
  readonly merchantId: string;
  readonly currency: string | undefined;
}

export async function* watchWindows(
  { db, changes }: { readonly db: Db; readonly changes: Changes },
  whose: Whose,
  cursor: string,
  signal: AbortSignal,
): AsyncIterable<WatchWindowsResponse> {
  const windows: Followed<Window> = {
    changes,
    key: whose.merchantId,
    page: (from, last) => changedAfter(db, whose, from, last, PAGE),
    pageSize: PAGE,
    idOf: ({ startTime, currency }) => `${startTime.getTime()} ${currency}`,
    stateOf: ({ version }) => version,
    timeOf: ({ updateTime }) => updateTime,
  };
  for await (const { row, cursor: place } of following(windows, cursor, signal)) {
    yield { window: toMessage(row), cursor: place };
  }
}
