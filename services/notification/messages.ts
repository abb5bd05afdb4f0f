/** A notification as the contract's message. */
import {
  Notification_Kind,
  type Notification as NotificationMessage,
} from "#gen/tradepost/notification/v1/notification.ts";
import type { Notification } from "./inbox-store.ts";
import type { Kind } from "./kinds.ts";

export const KIND = {
  WELCOME: Notification_Kind.WELCOME,
  ORDER_CONFIRMED: Notification_Kind.ORDER_CONFIRMED,
  ORDER_CANCELLED: Notification_Kind.ORDER_CANCELLED,
  ORDER_SHIPPED: Notification_Kind.ORDER_SHIPPED,
  ORDER_DELIVERED: Notification_Kind.ORDER_DELIVERED,
  ORDER_RETURNED: Notification_Kind.ORDER_RETURNED,
  PAYMENT_FAILED: Notification_Kind.PAYMENT_FAILED,
  PAYMENT_REFUNDED: Notification_Kind.PAYMENT_REFUNDED,
  PAYMENT_DISPUTED: Notification_Kind.PAYMENT_DISPUTED,
  WEBHOOK_DISABLED: Notification_Kind.WEBHOOK_DISABLED,
  VERIFY_EMAIL: Notification_Kind.VERIFY_EMAIL,
  RESET_PASSWORD: Notification_Kind.RESET_PASSWORD,
  PASSWORD_CHANGED: Notification_Kind.PASSWORD_CHANGED,
  TEST: Notification_Kind.TEST,
  REMINDER: Notification_Kind.REMINDER,
} satisfies Record<Kind, Notification_Kind>;

export function toMessage(notification: Notification): NotificationMessage {
  const { id, kind, title, body, orderId, createTime, updateTime } = notification;
  const { openTime, actTime, dismissTime } = notification;
  return {
    id,
    kind: KIND[kind],
    title,
    body,
    orderId: orderId ?? undefined,
    openTime: openTime ?? undefined,
    actTime: actTime ?? undefined,
    dismissTime: dismissTime ?? undefined,
    createTime,
    updateTime,
    etag: etagOf(notification),
  };
}

/** Nothing else of it ever changes. */
function etagOf({ openTime, actTime, dismissTime }: Notification): string {
  const done = [openTime && "opened", actTime && "acted", dismissTime && "dismissed"];
  return done.filter((word) => word !== null).join("-") || "new";
}
