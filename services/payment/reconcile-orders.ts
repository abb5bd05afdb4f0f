// Payments against their orders.
import {
  Order_Status,
  type OrderServiceDefinition,
  type OrderState,
} from "#gen/tradepost/order/v1/order.ts";
import { type ClientOf, within } from "#kit/client.ts";
import type { Payment } from "./payment.ts";
import { type Finding, finding, inWords } from "./reconcile-finding.ts";

export type Orders = Pick<ClientOf<OrderServiceDefinition>, "batchGetOrderStates">;

const ENDED: ReadonlySet<Order_Status> = new Set([Order_Status.REJECTED, Order_Status.CANCELLED]);

const PAID: ReadonlySet<Order_Status> = new Set([
  Order_Status.CONFIRMED,
  Order_Status.SHIPPED,
  Order_Status.DELIVERED,
  Order_Status.RETURNED,
]);

/** At most 100 payments. */
export async function checkOrders(
  orders: Orders,
  payments: readonly Payment[],
  traceparent: string,
): Promise<Finding[]> {
  if (payments.length === 0) {
    return [];
  }
  const ids = payments.map(({ orderId }) => orderId);
  const answer = await orders.batchGetOrderStates({ ids }, within({ traceparent }, 5_000));
  const states = new Map(answer.orders.map((order) => [order.id, order]));
  return payments.flatMap((payment) => compared(payment, states.get(payment.orderId)));
}

function compared(payment: Payment, order: OrderState | undefined): Finding[] {
  const { orderId, id: paymentId, status, currency } = payment;
  // Set aside counts: it is taken when the order is shipped.
  const held = status === "succeeded" || status === "authorized";
  const left = held ? payment.amount - payment.refunded : 0n;
  const about = { orderId, paymentId, expected: `${status} ${inWords(left, currency)}` };
  const found = order ? nameOf(order.status) : "no order";
  if (!order) {
    return left > 0n ? [finding("PAID_WITHOUT_ORDER", { ...about, found })] : [];
  }
  if (ENDED.has(order.status)) {
    // While a bank decides, nothing is paid back.
    const isWaiting = payment.dispute?.status === "open";
    return left > 0n && !isWaiting ? [finding("PAID_FOR_ENDED_ORDER", { ...about, found })] : [];
  }
  if (!PAID.has(order.status)) {
    return [];
  }
  if (!held) {
    return [finding("ORDER_NOT_PAID", { ...about, found })];
  }
  const { currencyCode = "", amount = 0n } = order.total ?? {};
  return amount === payment.amount && currencyCode === currency
    ? []
    : [
        finding("AMOUNT_DIFFERS", {
          ...about,
          expected: inWords(payment.amount, currency),
          found: `${found} ${inWords(amount, currencyCode)}`,
        }),
      ];
}

function nameOf(status: Order_Status): string {
  const [name] = Object.entries(Order_Status).find(([, value]) => value === status) ?? [];
  return name ?? String(status);
}
