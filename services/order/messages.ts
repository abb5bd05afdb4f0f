/** The domain's words as the contract's messages. */
import type { Money } from "#gen/tradepost/common/v1/money.ts";
import {
  Order_Status,
  type OrderItem,
  type Order as OrderMessage,
  type OrderTransition,
} from "#gen/tradepost/order/v1/order.ts";
import type { Order } from "./order.ts";
import type { HistoryRow } from "./store.ts";
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

const NAME = new Map<Order_Status, Status>(
  Object.entries(STATUS).map(([name, value]) => [value, name as Status]),
);

export function toStatus(status: Order_Status): Status {
  const name = NAME.get(status);
  if (!name) {
    throw new Error(`${status} is no status of an order`);
  }
  return name;
}

export function toMessage(order: Order): OrderMessage {
  return {
    id: order.id,
    userId: order.userId,
    status: STATUS[order.status],
    items: itemMessages(order),
    ...totalMessages(order),
    shippingAddress: order.address,
    nextAction: undefined,
    rejection: order.rejection && {
      reason: order.rejection.reason,
      detail: order.rejection.detail,
    },
    createTime: order.createTime,
    updateTime: order.updateTime,
    etag: String(order.sequence),
  };
}

export function itemMessages({ lines, totals }: Order): OrderItem[] {
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

export function totalMessages({ totals }: Order): TotalMessages {
  const currency = totals?.currency;
  return {
    subtotal: money(totals?.subtotal, currency),
    discounts: money(totals?.discounts, currency),
    shipping: money(totals?.shipping, currency),
    tax: money(totals?.tax, currency),
    total: money(totals?.total, currency),
  };
}

export function toTransition({ status, reason, actor, time }: HistoryRow): OrderTransition {
  return { status: STATUS[status], reason, actor, time };
}

/** Absent while no currency is known. */
function money(amount: bigint | undefined, currencyCode: string | undefined): Money | undefined {
  return amount === undefined || currencyCode === undefined ? undefined : { currencyCode, amount };
}
