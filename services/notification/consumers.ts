/** What becomes of the events of the others: a row in somebody's inbox, and a mail to do. */

import type { Money } from "#gen/tradepost/common/v1/money.ts";
import { OrderEvent } from "#gen/tradepost/order/v1/events.ts";
import { PaymentEvent } from "#gen/tradepost/payment/v1/events.ts";
import { UserEvent } from "#gen/tradepost/user/v1/events.ts";
import { jsonCodec } from "#kit/json.ts";
import { type Heard, type Subscription, subscription } from "#kit/subscription.ts";
import { type Amount, type Kind, type Occasion, wordsOf } from "./kinds.ts";
import { type NewNotification, notify, rememberContacts } from "./store.ts";

export const consumers: readonly Subscription[] = [
  subscription({
    topic: "orders",
    decode: jsonCodec(OrderEvent),
    handle: (events, tx) => notify(tx, events.flatMap(ofOrder)),
  }),
  subscription({
    topic: "payments",
    decode: jsonCodec(PaymentEvent),
    handle: (events, tx) => notify(tx, events.flatMap(ofPayment)),
  }),
  subscription({
    topic: "users",
    decode: jsonCodec(UserEvent),
    async handle(events, tx) {
      await rememberContacts(
        tx,
        events.map(({ value }) => value),
      );
      await notify(tx, events.flatMap(ofUser));
    },
  }),
];

function ofOrder(heard: Heard<OrderEvent>): NewNotification[] {
  const { userId, orderId, fact, items, total } = heard.value;
  switch (fact?.$case) {
    case "confirmed": {
      const pieces = items.reduce((sum, { quantity }) => sum + quantity, 0);
      return [told(heard, userId, "ORDER_CONFIRMED", { orderId, pieces, ...amountOf(total) })];
    }
    case "cancelled":
      return [told(heard, userId, "ORDER_CANCELLED", { orderId })];
    default:
      return [];
  }
}

function ofPayment(heard: Heard<PaymentEvent>): NewNotification[] {
  const { userId, orderId, fact, amount } = heard.value;
  switch (fact?.$case) {
    case "failed":
      return [told(heard, userId, "PAYMENT_FAILED", { orderId, ...amountOf(amount) })];
    case "refundedPart": {
      const occasion = { orderId, ...amountOf(fact.value.amount) };
      return [told(heard, userId, "PAYMENT_REFUNDED", occasion)];
    }
    default:
      return [];
  }
}

function ofUser(heard: Heard<UserEvent>): NewNotification[] {
  const { userId, fullName, fact } = heard.value;
  return fact?.$case === "registered" ? [told(heard, userId, "WELCOME", { fullName })] : [];
}

function told(
  { id, time }: Heard<unknown>,
  userId: string,
  kind: Kind,
  occasion: Occasion,
): NewNotification {
  const words = wordsOf(kind, occasion);
  return { eventId: id, userId, kind, ...words, orderId: occasion.orderId, time };
}

function amountOf(money: Money | undefined): { amount?: Amount } {
  return money ? { amount: { currency: money.currencyCode, minor: money.amount } } : {};
}
