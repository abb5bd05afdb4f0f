/** What webhooks say of the events of the others, and to whom. Pure. */
import type { Money } from "#gen/tradepost/common/v1/money.ts";
import { WebhookOrder, WebhookPayment } from "#gen/tradepost/notification/v1/webhook_endpoint.ts";
import type { Consignment, OrderEvent } from "#gen/tradepost/order/v1/events.ts";
import type { OrderItem, ReturnItem } from "#gen/tradepost/order/v1/order.ts";
import type { PaymentEvent } from "#gen/tradepost/payment/v1/events.ts";
import { jsonCodec } from "#kit/json.ts";
import type { Heard } from "#kit/subscription.ts";
import { EVERYTHING, type EventType } from "./webhook-endpoint.ts";

/** Something to be told to the endpoints of one audience. */
export interface Announcement {
  readonly eventId: string;
  readonly eventType: EventType;
  readonly audience: string;
  /** The body, as it is signed and sent. */
  readonly payload: string;
}

const orderCodec = jsonCodec(WebhookOrder);
const paymentCodec = jsonCodec(WebhookPayment);

export function orderAnnouncements(heard: Heard<OrderEvent>): Announcement[] {
  const event = heard.value;
  // Items have no merchant before the stock is held.
  const merchants = [...new Set(event.items.map(({ merchantId }) => merchantId))].filter(Boolean);
  const say = (type: EventType, audience: string, extra: Partial<WebhookOrder> = {}) => {
    const seen = audience === EVERYTHING ? event : reduced(event, audience);
    return told(heard, type, audience, orderCodec.encode(orderData(seen, extra)));
  };
  const sayToAll = (type: EventType) =>
    [EVERYTHING, ...merchants].map((audience) => say(type, audience));
  const { fact } = event;
  switch (fact?.$case) {
    case "confirmed":
      return sayToAll("ORDER_CONFIRMED");
    case "cancelled":
      return sayToAll("ORDER_CANCELLED");
    case "partShipped":
    case "shipped": {
      const { consignments } = fact.value;
      const isAll = fact.$case === "shipped";
      return [
        ...(isAll ? [say("ORDER_SHIPPED", EVERYTHING, { consignments })] : []),
        ...merchants.flatMap((merchantId) => {
          const own = consignments.filter((one: Consignment) => one.merchantId === merchantId);
          return own.length > 0 ? [say("ORDER_SHIPPED", merchantId, { consignments: own })] : [];
        }),
      ];
    }
    case "partDelivered":
    case "delivered": {
      const { merchantIds } = fact.value;
      const audiences = fact.$case === "delivered" ? [EVERYTHING, ...merchantIds] : merchantIds;
      return audiences.map((audience) => say("ORDER_DELIVERED", audience));
    }
    case "itemsReturned":
    case "returned": {
      const returnedItems = fact.value.return?.items ?? [];
      return [
        say("ORDER_RETURNED", EVERYTHING, { returnedItems }),
        ...merchants.flatMap((merchantId) => {
          const own = ofMerchant(returnedItems, event.items, merchantId);
          return own.length > 0 ? [say("ORDER_RETURNED", merchantId, { returnedItems: own })] : [];
        }),
      ];
    }
    default:
      return [];
  }
}

export function paymentAnnouncements(heard: Heard<PaymentEvent>): Announcement[] {
  const { paymentId, orderId, userId, amount, refunded, fact } = heard.value;
  const ids = { paymentId, orderId, userId };
  const say = (type: EventType, audience: string, more: Partial<WebhookPayment>) =>
    told(
      heard,
      type,
      audience,
      paymentCodec.encode(WebhookPayment.fromPartial({ ...ids, ...more })),
    );
  const sayToAdmins = (type: EventType, more: Partial<WebhookPayment>) =>
    say(type, EVERYTHING, { amount, refunded, ...more });
  switch (fact?.$case) {
    case "failed":
      return [sayToAdmins("PAYMENT_FAILED", { declineCode: fact.value.declineCode })];
    case "refundedPart": {
      const { refundId, amount: refundAmount, shares } = fact.value;
      return [
        sayToAdmins("PAYMENT_REFUNDED", { refundId, refundAmount }),
        ...shares
          .filter(({ merchantId }) => merchantId !== "")
          .map(({ merchantId, amount: part }) =>
            say("PAYMENT_REFUNDED", merchantId, { refundId, refundAmount: part }),
          ),
      ];
    }
    case "disputed":
      return [sayToAdmins("PAYMENT_DISPUTED", { dispute: fact.value.dispute })];
    default:
      return [];
  }
}

/** `ORDER_CONFIRMED` → `order.confirmed`. */
function told(
  { id, time }: Heard<unknown>,
  eventType: EventType,
  audience: string,
  data: string,
): Announcement {
  const type = eventType.toLowerCase().replace("_", ".");
  const head = JSON.stringify({ type, timestamp: time.toISOString() });
  return { eventId: id, eventType, audience, payload: `${head.slice(0, -1)},"data":${data}}` };
}

function orderData(event: OrderEvent, extra: Partial<WebhookOrder>): WebhookOrder {
  const { orderId, userId, status, items, subtotal, discounts, shipping, tax, total } = event;
  const order = { orderId, userId, status, items, subtotal, discounts, shipping, tax, total };
  return { ...order, consignments: [], returnedItems: [], ...extra };
}

/** As much as its merchant sees of an order at the order service too. */
function reduced(event: OrderEvent, merchantId: string): OrderEvent {
  const items = event.items.filter((item) => item.merchantId === merchantId);
  const currencyCode = event.subtotal?.currencyCode;
  const amountOf = (amount: bigint): Money | undefined =>
    currencyCode ? { currencyCode, amount } : undefined;
  const sum = items.reduce((total, { subtotal }) => total + (subtotal?.amount ?? 0n), 0n);
  return {
    ...event,
    items,
    subtotal: amountOf(sum),
    discounts: amountOf(0n),
    shipping: amountOf(0n),
    tax: amountOf(0n),
    total: amountOf(sum),
  };
}

function ofMerchant(
  returned: readonly ReturnItem[],
  items: readonly OrderItem[],
  merchantId: string,
): ReturnItem[] {
  const own = new Set(
    items.filter((item) => item.merchantId === merchantId).map(({ productId }) => productId),
  );
  return returned.filter(({ productId }) => own.has(productId));
}
