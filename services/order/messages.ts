/** The domain's words as the contract's messages. */
import type { Money } from "#gen/tradepost/common/v1/money.ts";
import {
  Order_Status,
  type OrderItem,
  type Order as OrderMessage,
  type OrderState as OrderStateMessage,
  type OrderTransition,
  Shipment_Status,
  type Shipment as ShipmentMessage,
} from "#gen/tradepost/order/v1/order.ts";
import { wordOf } from "#kit/enums.ts";
import type { Order, Shipment } from "./order.ts";
import { merchantsOf } from "./shipments.ts";
import { reduced, type Sight } from "./sight.ts";
import type { HistoryRow, OrderState } from "./store.ts";
import { lineSubtotal } from "./totals.ts";
import type { Status } from "./transitions.ts";

export const STATUS = {
  PENDING: Order_Status.PENDING,
  CONFIRMED: Order_Status.CONFIRMED,
  REJECTED: Order_Status.REJECTED,
  CANCELLED: Order_Status.CANCELLED,
  SHIPPED: Order_Status.SHIPPED,
  DELIVERED: Order_Status.DELIVERED,
  RETURNED: Order_Status.RETURNED,
} satisfies Record<Status, Order_Status>;

export function toStatus(status: Order_Status): Status {
  return wordOf(STATUS, status);
}

/** What of an order somebody sees. */
export function toMessageFor(sight: Sight): (order: Order) => OrderMessage {
  return (order) => toMessage(reduced(order, sight));
}

export function toMessage(order: Order): OrderMessage {
  return {
    id: order.id,
    userId: order.userId,
    status: STATUS[order.status],
    items: itemMessages(order),
    ...totalMessages(order),
    shippingAddress: order.address,
    nextAction: order.nextAction,
    rejection: order.rejection && {
      reason: order.rejection.reason,
      detail: order.rejection.detail,
    },
    createTime: order.createTime,
    updateTime: order.updateTime,
    etag: String(order.sequence),
    shipments: shipmentMessages(order),
  };
}

/** One for each merchant of an order that was paid. */
function shipmentMessages(order: Order): ShipmentMessage[] {
  if (order.paymentId === undefined) {
    return [];
  }
  const sent = new Map(order.shipments.map((shipment) => [shipment.merchantId, shipment]));
  return merchantsOf(order).map((merchantId) => {
    const shipment = sent.get(merchantId);
    return {
      merchantId,
      status: shipmentStatus(shipment),
      carrier: shipment?.carrier ?? "",
      trackingNumber: shipment?.trackingNumber ?? "",
      shipTime: shipment?.shipTime,
      deliverTime: shipment?.deliverTime,
    };
  });
}

function shipmentStatus(shipment: Shipment | undefined): Shipment_Status {
  if (!shipment) {
    return Shipment_Status.PENDING;
  }
  return shipment.deliverTime ? Shipment_Status.DELIVERED : Shipment_Status.SHIPPED;
}

export function itemMessages({ lines, totals }: Pick<Order, "lines" | "totals">): OrderItem[] {
  return lines.map((line) => ({
    productId: line.productId,
    merchantId: line.merchantId,
    name: line.name,
    quantity: line.quantity,
    returnedQuantity: line.returnedQuantity,
    unitPrice: money(line.unitPrice, totals?.currency),
    subtotal: money(lineSubtotal(line), totals?.currency),
    adjustments: [],
  }));
}

type TotalMessages = Pick<OrderMessage, "subtotal" | "discounts" | "shipping" | "tax" | "total">;

export function totalMessages({ totals }: Pick<Order, "totals">): TotalMessages {
  const currency = totals?.currency;
  return {
    subtotal: money(totals?.subtotal, currency),
    discounts: money(totals?.discounts, currency),
    shipping: money(totals?.shipping, currency),
    tax: money(totals?.tax, currency),
    total: money(totals?.total, currency),
  };
}

export function toTransition({ status, sequence, ...row }: HistoryRow): OrderTransition {
  return { ...row, status: STATUS[status], sequence: BigInt(sequence) };
}

export function toState({ id, status, currency, total }: OrderState): OrderStateMessage {
  return { id, status: STATUS[status], total: money(total ?? undefined, currency ?? undefined) };
}

/** Absent while no currency is known. */
export function money(
  amount: bigint | undefined,
  currencyCode: string | undefined,
): Money | undefined {
  return amount === undefined || currencyCode === undefined ? undefined : { currencyCode, amount };
}
