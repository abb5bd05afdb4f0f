/** What one order's life is told by, without its ids. */
import { OrderEvent } from "#gen/tradepost/order/v1/events.ts";
import { Order_Status } from "#gen/tradepost/order/v1/order.ts";
import { PaymentEvent } from "#gen/tradepost/payment/v1/events.ts";
import { type Codec, jsonCodec } from "#kit/json.ts";
import type { Random } from "../../tests/chaos/random.ts";

/** What an order adds to what is counted; amounts in its currency's minor unit. */
export interface Counts {
  readonly orders: number;
  readonly revenue: bigint;
  readonly refunded: bigint;
}

/** An event with places for the ids of its order and its buyer. */
export interface Template {
  readonly topic: "orders" | "payments";
  readonly type: string;
  readonly text: string;
  /** After the order was placed. */
  readonly afterMs: number;
}

export interface Life {
  readonly templates: readonly Template[];
  readonly currency: string;
  readonly counts: Counts;
}

/** Where the ids belong. */
export const [ORDER, USER] = ["<order>", "<user>"];

const [PRODUCTS, MERCHANTS] = [500, 20];
const CURRENCIES = ["USD", "EUR", "JPY"];
const MINUTE_MS = 60_000;

/** Most orders arrive; one in twelve is rejected, called off or comes back. */
export function lifeOf(chance: Random): Life {
  const currency = chance.pick(CURRENCIES);
  const money = (amount: bigint) => ({ currencyCode: currency, amount });
  const items = Array.from({ length: chance.between(1, 3) }, () => {
    const product = chance.between(1, PRODUCTS);
    const quantity = chance.between(1, 3);
    const price = BigInt(chance.between(500, 9_500));
    return {
      productId: `product-${product}`,
      merchantId: `merchant-${product % MERCHANTS}`,
      name: `Product number ${product}, as it is called`,
      quantity,
      unitPrice: money(price),
      subtotal: money(price * BigInt(quantity)),
    };
  });
  const subtotal = items.reduce((sum, item) => sum + item.subtotal.amount, 0n);
  const prices = {
    ...{ subtotal: money(subtotal), discounts: money(0n), shipping: money(499n), tax: money(0n) },
    total: money(subtotal + 499n),
  };
  const merchants = [...new Set(items.map(({ merchantId }) => merchantId))];
  const shares = [
    ...items.map(({ merchantId, subtotal: amount }) => ({ merchantId, amount })),
    { merchantId: "", amount: money(499n) },
  ];
  const templates: Template[] = [];
  const sequences = { orders: 0n, payments: 0n };
  const add = (
    topic: "orders" | "payments",
    afterMs: number,
    type: string,
    $case: string,
    value: object,
    more: object = {},
  ) => {
    const own =
      topic === "orders"
        ? { items, ...prices, status: Order_Status.CONFIRMED }
        : { paymentId: `pay-${ORDER}`, amount: prices.total };
    const sequence = ++sequences[topic];
    const all = { orderId: ORDER, userId: USER, sequence, ...own, fact: { $case, value }, ...more };
    templates.push({ topic, type, afterMs, text: textOf(topic, all) });
  };
  const placed = items.map(({ productId, quantity }) => ({ productId, quantity }));
  const nothing = Object.fromEntries(Object.keys(prices).map((name) => [name, undefined]));
  add("orders", 0, "OrderPlaced", "placed", {}, { items: placed, ...nothing });
  const fate = chance.between(0, 11);
  if (fate === 0) {
    add("orders", 800, "OrderRejected", "rejected", { reason: "PAYMENT_DECLINED" });
    return { templates, currency, counts: { orders: 0, revenue: 0n, refunded: 0n } };
  }
  add("payments", 700, "PaymentSucceeded", "succeeded", { shares });
  add("orders", 900, "OrderConfirmed", "confirmed", { paymentId: `pay-${ORDER}` });
  const refund = { refundId: "r1", amount: prices.total, shares };
  if (fate === 1) {
    add("orders", 20 * MINUTE_MS, "OrderCancelled", "cancelled", { reason: "changed" });
    add("payments", 21 * MINUTE_MS, "PaymentRefunded", "refundedPart", refund);
  } else {
    const consignments = merchants.map((merchantId) => ({ merchantId, carrier: "DHL" }));
    add("orders", 60 * MINUTE_MS, "OrderShipped", "shipped", { consignments });
    add("orders", 180 * MINUTE_MS, "OrderDelivered", "delivered", { merchantIds: merchants });
  }
  if (fate === 2) {
    const back = items.map((item) => ({ ...item, returnedQuantity: item.quantity }));
    add("orders", 240 * MINUTE_MS, "OrderReturned", "returned", {}, { items: back });
    add("payments", 241 * MINUTE_MS, "PaymentRefunded", "refundedPart", refund);
  }
  const refunded = fate <= 2 ? prices.total.amount : 0n;
  return { templates, currency, counts: { orders: 1, revenue: prices.total.amount, refunded } };
}

function textOf(topic: "orders" | "payments", partial: object): string {
  return topic === "orders" ? written(OrderEvent, partial) : written(PaymentEvent, partial);
}

function written<T>(type: Codec<T> & { fromPartial(partial: object): T }, partial: object): string {
  return jsonCodec(type).encode(type.fromPartial(partial));
}
