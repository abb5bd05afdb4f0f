/** The rpcs of NotificationService, in the order of the .proto. */
import {
  type NotificationServiceImplementation,
  OpenNotificationResponse,
} from "#gen/tradepost/notification/v1/notification.ts";
import type { CallExtras } from "#kit/call.ts";
import type { Db } from "#kit/db.ts";
import { once } from "#kit/idempotency.ts";
import { pageOf, pageSizeOf, readPageToken, textPart, timePart } from "#kit/page-token.ts";
import { toMessage } from "./messages.ts";
import { countUnread, getNotification, listNotifications, openNotification } from "./store.ts";

export function notificationService({
  db,
}: {
  readonly db: Db;
}): NotificationServiceImplementation<CallExtras> {
  return {
    async listNotifications({ unread, pageSize, pageToken }, { call }) {
      const { userId } = call.caller;
      const filter = ["notifications", userId, unread];
      const size = pageSizeOf(pageSize);
      const key = readPageToken(pageToken, filter, [timePart, textPart]);
      const after = key && { createTime: key[0], id: key[1] };
      const [notifications, unreadCount] = await Promise.all([
        listNotifications(db, userId, { unread, after, limit: size + 1 }),
        countUnread(db, userId),
      ]);
      const { rows, nextPageToken } = pageOf(notifications, size, filter, (row) => [
        row.createTime.toISOString(),
        row.id,
      ]);
      return { notifications: rows.map(toMessage), nextPageToken, unreadCount };
    },

    async getNotification({ id }, { call }) {
      return { notification: toMessage(await getNotification(db, call.caller.userId, id)) };
    },

    openNotification({ id }, { call }) {
      return once(db, call, OpenNotificationResponse, async (tx) => {
        const opened = await openNotification(tx, call.caller.userId, id);
        return { notification: toMessage(opened) };
      });
    },
  };
}
