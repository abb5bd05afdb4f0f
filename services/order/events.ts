/** What the order service tells the others: the order as it is after each step. */
import { OrderEvent } from "#gen/tradepost/order/v1/events.ts";
import { jsonCodec } from "#kit/json.ts";
import type { OutgoingEvent } from "#kit/outbox.ts";
import { uuidv7 } from "#kit/uuid.ts";
import { itemMessages, money, STATUS, totalMessages } from "./messages.ts";
import type { Order } from "./order.ts";
import type { Change, Returned, Step } from "./steps.ts";

const json = jsonCodec(OrderEvent);

export function toEvent({ order, step }: Change, traceparent: string): OutgoingEvent {
  const { discounts, shipping, subtotal, tax, total } = totalMessages(order);
  return {
    id: uuidv7(),
    topic: "orders",
    key: order.id,
    type: `tradepost.order.v1.${step.event}`,
    payload: json.encode({
      orderId: order.id,
      userId: order.userId,
      status: STATUS[order.status],
      sequence: BigInt(order.sequence),
      items: itemMessages(order),
      subtotal,
      discounts,
      shipping,
      tax,
      total,
      fact: factOf(order, step),
    }),
    time: order.updateTime,
    traceparent,
  };
}

function factOf(order: Order, step: Step): OrderEvent["fact"] {
  const { reason } = step;
  switch (step.event) {
    case "OrderPlaced":
      return { $case: "placed", value: {} };
    case "OrderActionRequired":
      return { $case: "actionRequired", value: {} };
    case "OrderConfirmed":
      return { $case: "confirmed", value: { paymentId: order.paymentId ?? "" } };
    case "OrderRejected":
      return { $case: "rejected", value: { reason, detail: order.rejection?.detail ?? "" } };
    case "OrderCancelled":
      return { $case: "cancelled", value: { reason } };
    case "OrderPartShipped":
      return { $case: "partShipped", value: { consignments: [...step.consignments] } };
    case "OrderShipped":
      return { $case: "shipped", value: { consignments: [...step.consignments] } };
    case "OrderPartDelivered":
      return { $case: "partDelivered", value: { merchantIds: [...step.merchantIds] } };
    case "OrderDelivered":
      return { $case: "delivered", value: { merchantIds: [...step.merchantIds] } };
    case "OrderItemsReturned":
      return { $case: "itemsReturned", value: { return: goods(order, step.goods, reason) } };
    case "OrderReturned":
      return { $case: "returned", value: { return: goods(order, step.goods, reason) } };
    case "OrderDisputed":
      return { $case: "disputed", value: { disputeId: step.disputeId, reason } };
    case "OrderDisputeClosed":
      return { $case: "disputeClosed", value: { disputeId: step.disputeId, won: step.won } };
  }
}

function goods({ totals }: Order, { id, items, amount }: Returned, reason: string) {
  return { id, items: [...items], amount: money(amount, totals?.currency), reason };
}
