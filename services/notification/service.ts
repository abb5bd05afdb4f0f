/** The rpcs of NotificationService, in the order of the .proto. */
import {
  ActOnNotificationResponse,
  DismissNotificationResponse,
  type NotificationServiceImplementation,
  OpenAllNotificationsResponse,
  OpenNotificationResponse,
  Preferences,
  TestNotificationResponse,
} from "#gen/tradepost/notification/v1/notification.ts";
import type { CallExtras } from "#kit/call.ts";
import type { Changes } from "#kit/changes.ts";
import type { Db } from "#kit/db.ts";
import { Fault } from "#kit/errors.ts";
import { once } from "#kit/idempotency.ts";
import type { Codec } from "#kit/json.ts";
import { pageOf, pageSizeOf, readPageToken, textPart, timePart } from "#kit/page-token.ts";
import { uuidv7 } from "#kit/uuid.ts";
import {
  type Act,
  countUnread,
  getNotification,
  listNotifications,
  mark,
  openAll,
  toldOf,
} from "./inbox-store.ts";
import { wordsOf } from "./kinds.ts";
import { toMessage } from "./messages.ts";
import { ofMessage, toPreferencesMessage } from "./preferences-messages.ts";
import { getPreferences, mute, setPreferences } from "./preferences-store.ts";
import { statsRange, toStatsMessages } from "./stats.ts";
import { dayStats } from "./stats-store.ts";
import { notify } from "./store.ts";
import { readToken } from "./unsubscribing.ts";
import { watchNotifications } from "./watching.ts";

export interface Deps {
  readonly db: Db;
  readonly changes: Changes;
  readonly pushKey: string;
}

export function notificationService(deps: Deps): NotificationServiceImplementation<CallExtras> {
  const { db, pushKey } = deps;
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

    openNotification: marking(db, OpenNotificationResponse, "open"),

    actOnNotification: marking(db, ActOnNotificationResponse, "act"),

    dismissNotification: marking(db, DismissNotificationResponse, "dismiss"),

    openAllNotifications(_request, { call }) {
      return once(db, call, OpenAllNotificationsResponse, async (tx) => ({
        openedCount: await openAll(tx, call.caller.userId),
      }));
    },

    async *watchNotifications({ cursor }, { call }) {
      yield* watchNotifications(deps, cursor, call);
    },

    async getPreferences(_request, { call }) {
      const preferences = await getPreferences(db, call.caller.userId);
      return { preferences: toPreferencesMessage(preferences, pushKey) };
    },

    async setPreferences({ preferences, etag }, { call }) {
      const wanted = ofMessage(Preferences.fromPartial(preferences ?? {}));
      const version = etag === undefined || etag === "*" ? undefined : versionOf(etag);
      const kept = await setPreferences(db, call.caller.userId, wanted, version);
      return { preferences: toPreferencesMessage(kept, pushKey) };
    },

    async unsubscribe({ token }) {
      const { key, muted } = readToken(token) ?? {};
      if (!(key && muted && (await mute(db, key, muted)))) {
        throw new Fault("INVALID_TOKEN", "no mail of ours has this token");
      }
      return {};
    },

    async getNotificationStats({ from, to }) {
      const range = statsRange(from, to, new Date());
      return { stats: (await dayStats(db, range.from, range.to)).flatMap(toStatsMessages) };
    },

    testNotification(_request, { call }) {
      return once(db, call, TestNotificationResponse, async (tx) => {
        const { userId } = call.caller;
        const eventId = uuidv7();
        const kind = "TEST";
        const words = wordsOf(kind, {});
        const orderId = undefined;
        await notify(tx, [{ eventId, userId, kind, ...words, orderId, time: new Date() }]);
        return { notification: toMessage(await toldOf(tx, userId, eventId)) };
      });
    },
  };
}

/** The rpc that does that with a notification; its answers are those of `kept`. */
function marking(db: Db, kept: Codec<OpenNotificationResponse>, act: Act) {
  return ({ id }: { readonly id: string }, { call }: CallExtras) =>
    once(db, call, kept, async (tx) => ({
      notification: toMessage(await mark(tx, call.caller.userId, id, act)),
    }));
}

/** -1, which no version is, of what is no etag of ours. */
function versionOf(etag: string): bigint {
  return /^\d{1,18}$/.test(etag) ? BigInt(etag) : -1n;
}
