/** What analytics reads in a payment's events. */
import type { PaymentEvent } from "#gen/tradepost/payment/v1/events.ts";
import type { MerchantShare } from "#gen/tradepost/payment/v1/payment.ts";
import type { Heard } from "#kit/subscription.ts";
import type { Told } from "./stages.ts";
import { type Counted, NO_CURRENCY, type Share } from "./windows.ts";

export function countedIn({ time, value }: Heard<PaymentEvent>): Counted[] {
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

/** Whose goods were paid is the order's to tell: a share may be nothing. */
export function toldIn({ value: { orderId, fact } }: Heard<PaymentEvent>): Told[] {
  return fact?.$case === "succeeded"
    ? [{ orderId, placeTime: undefined, order: ["paid"], merchants: [], goods: [], whose: [] }]
    : [];
}

function toShares(shares: readonly MerchantShare[]): Share[] {
  return shares.map(({ merchantId, amount }) => ({ merchantId, amount: amount?.amount ?? 0n }));
}
