/** WatchNotifications: what is new in an inbox or has changed there, as long as somebody listens. */
import type { WatchNotificationsResponse } from "#gen/tradepost/notification/v1/notification.ts";
import type { Call } from "#kit/call.ts";
import type { Changes } from "#kit/changes.ts";
import type { Db } from "#kit/db.ts";
import { type Followed, following } from "#kit/following.ts";
import { changedAfter, type Notification } from "./inbox-store.ts";
import { toMessage } from "./messages.ts";

const PAGE = 100;

export async function* watchNotifications(
  { db, changes }: { readonly db: Db; readonly changes: Changes },
  cursor: string,
  { caller: { userId }, signal }: Call,
): AsyncIterable<WatchNotificationsResponse> {
  const inbox: Followed<Notification> = {
    changes,
    key: userId,
    page: (from, last) => changedAfter(db, userId, last ?? { updateTime: from, id: "" }, PAGE),
    pageSize: PAGE,
    idOf: ({ id }) => id,
    stateOf: ({ updateTime }) => updateTime.getTime(),
    timeOf: ({ updateTime }) => updateTime,
  };
  for await (const { row, cursor: place } of following(inbox, cursor, signal)) {
    yield { notification: toMessage(row), cursor: place };
  }
}
