/** What analytics counts: orders from order events, money from payment events. */
import { OrderEvent } from "#gen/tradepost/order/v1/events.ts";
import { PaymentEvent } from "#gen/tradepost/payment/v1/events.ts";
import type { MerchantShare } from "#gen/tradepost/payment/v1/payment.ts";
import type { Tx } from "#kit/db.ts";
import { jsonCodec } from "#kit/json.ts";
import { type Heard, type Subscription, subscription } from "#kit/subscription.ts";
import { addToWindows, noteProgress } from "./store.ts";
import { addUp, type Counted, NO_CURRENCY, type Part, type Share } from "./windows.ts";

export const consumers: readonly Subscription[] = [
  subscription({
    topic: "orders",
    decode: jsonCodec(OrderEvent),
    handle: (events, tx) => count("orders", events, events.flatMap(ofOrder), tx),
  }),
  subscription({
    topic: "payments",
    decode: jsonCodec(PaymentEvent),
    handle: (events, tx) => count("payments", events, events.flatMap(ofPayment), tx),
  }),
];

async function count(
  topic: string,
  events: readonly Heard<unknown>[],
  counted: readonly Counted[],
  tx: Tx,
): Promise<void> {
  await addToWindows(tx, addUp(counted));
  await noteProgress(tx, topic, events);
}

function ofOrder({ time, value }: Heard<OrderEvent>): Counted[] {
  const { fact, items, userId, total } = value;
  const currency = total?.currencyCode ?? NO_CURRENCY;
  const merchants = [...new Set(items.map(({ merchantId }) => merchantId))].filter(Boolean);
  switch (fact?.$case) {
    case "confirmed":
      return [{ what: "confirmed", time, currency, userId, parts: partsOf(value) }];
    case "rejected":
    case "cancelled":
      return [{ what: fact.$case, time, currency, merchants }];
    default:
      return [];
  }
}

function partsOf({ items, total }: OrderEvent): Part[] {
  const parts = new Map<string, { merchantId: string; units: number; total: bigint }>();
  const whole = { merchantId: "", units: 0, total: total?.amount ?? 0n };
  for (const { merchantId, quantity, subtotal } of items) {
    whole.units += quantity;
    if (merchantId === "") {
      continue;
    }
    const part = parts.get(merchantId) ?? { merchantId, units: 0, total: 0n };
    part.units += quantity;
    part.total += subtotal?.amount ?? 0n;
    parts.set(merchantId, part);
  }
  return [whole, ...parts.values()];
}

function ofPayment({ time, value }: Heard<PaymentEvent>): Counted[] {
  const { fact, amount } = value;
  const currency = amount?.currencyCode ?? NO_CURRENCY;
  switch (fact?.$case) {
    case "succeeded":
      return [{ what: "revenue", time, currency, shares: toShares(fact.value.shares) }];
    case "refundedPart":
      return [{ what: "refunded", time, currency, shares: toShares(fact.value.shares) }];
    default:
      return [];
  }
}

function toShares(shares: readonly MerchantShare[]): Share[] {
  return shares.map(({ merchantId, amount }) => ({ merchantId, amount: amount?.amount ?? 0n }));
}
