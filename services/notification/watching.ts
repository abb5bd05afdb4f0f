/** WatchNotifications: what is new in an inbox or has changed there, as long as somebody listens. */
import type { WatchNotificationsResponse } from "#gen/tradepost/notification/v1/notification.ts";
import type { Call } from "#kit/call.ts";
import type { Db } from "#kit/db.ts";
import type { Changes } from "./changes.ts";
import { changedAfter, LATE_MS, type Notification, whoseChanged } from "./inbox-store.ts";
import { toMessage } from "./messages.ts";

const PAGE = 100;

/**
 * `cursor` is the time of the latest change that the caller has seen; any replica understands it.
 * A change may be seen up to LATE_MS after its time, so that much is looked at again and again, and
 * what was told already is remembered as long.
 */
export async function* watchNotifications(
  { db, changes }: { readonly db: Db; readonly changes: Changes },
  cursor: string,
  { caller, signal }: Call,
): AsyncIterable<WatchNotificationsResponse> {
  const { userId } = caller;
  const told = new Map<string, number>();
  let latest = timeOf(cursor);
  if (latest === undefined) {
    const { at } = await whoseChanged(db, [], undefined);
    latest = at.getTime();
    for await (const { id, updateTime } of since(db, userId, latest - LATE_MS)) {
      told.set(id, updateTime.getTime());
    }
  }
  while (!signal.aborted) {
    // Listening begins before the look, so that no change falls between the two.
    const changed = changes.next(userId, signal);
    for await (const notification of since(db, userId, latest - LATE_MS)) {
      const time = notification.updateTime.getTime();
      if (told.get(notification.id) !== time) {
        told.set(notification.id, time);
        latest = Math.max(latest, time);
        yield { notification: toMessage(notification), cursor: new Date(latest).toISOString() };
      }
    }
    forget(told, latest - LATE_MS);
    await changed;
  }
}

async function* since(db: Db, userId: string, time: number): AsyncIterable<Notification> {
  let after = { updateTime: new Date(time), id: "" };
  let page: Notification[];
  do {
    page = await changedAfter(db, userId, after, PAGE);
    yield* page;
    after = page.at(-1) ?? after;
  } while (page.length === PAGE);
}

function forget(told: Map<string, number>, before: number): void {
  for (const [id, time] of told) {
    if (time < before) {
      told.delete(id);
    }
  }
}

function timeOf(cursor: string): number | undefined {
  const time = /^\d{4}-\d\d-\d\dT[\d:.]{8,12}Z$/.test(cursor) ? Date.parse(cursor) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}
