/** What the order service tells the others: the order as it is after each step. */
import { OrderEvent } from "#gen/tradepost/order/v1/events.ts";
import { jsonCodec } from "#kit/json.ts";
import type { OutgoingEvent } from "#kit/outbox.ts";
import { uuidv7 } from "#kit/uuid.ts";
import { itemMessages, STATUS, totalMessages } from "./messages.ts";
import type { Change, Order, Step } from "./order.ts";

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

function factOf(order: Order, { event, reason }: Step): OrderEvent["fact"] {
  switch (event) {
    case "OrderPlaced":
      return { $case: "placed", value: {} };
    case "OrderConfirmed":
      return { $case: "confirmed", value: { paymentId: order.paymentId ?? "" } };
    case "OrderRejected":
      return { $case: "rejected", value: { reason, detail: order.rejection?.detail ?? "" } };
    case "OrderCancelled":
      return { $case: "cancelled", value: { reason } };
  }
}
