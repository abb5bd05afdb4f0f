/** What becomes of the events of the others: a row in somebody's inbox, and a mail to do. */

import type { Money } from "#gen/tradepost/common/v1/money.ts";
import { OrderEvent } from "#gen/tradepost/order/v1/events.ts";
import { PaymentEvent } from "#gen/tradepost/payment/v1/events.ts";
import { UserEvent } from "#gen/tradepost/user/v1/events.ts";
import { jsonCodec } from "#kit/json.ts";
import { type Heard, type Subscription, subscription } from "#kit/subscription.ts";
import { type Amount, type Occasion, type WordedKind, wordsOf } from "./kinds.ts";
import { type NewNotification, notify, rememberContacts, supportContact } from "./store.ts";
import { orderAnnouncements, paymentAnnouncements } from "./webhook-events.ts";
import { announce } from "./webhook-queue.ts";

/** `supportMail`: of those who are told what is wrong. */
export function consumers(supportMail: string): readonly Subscription[] {
  return [
    subscription({
      topic: "orders",
      decode: jsonCodec(OrderEvent),
      async handle(events, tx) {
        await notify(tx, events.flatMap(ofOrder));
        await announce(tx, events.flatMap(orderAnnouncements));
      },
    }),
    subscription({
      topic: "payments",
      decode: jsonCodec(PaymentEvent),
      async handle(events, tx) {
        await notify(tx, events.flatMap(ofPayment));
        await announce(tx, events.flatMap(paymentAnnouncements));
        const disputed = events.filter(({ value }) => value.fact?.$case === "disputed");
        if (disputed.length > 0) {
          const support = await supportContact(tx, supportMail);
          await notify(
            tx,
            disputed.flatMap((heard) => ofDispute(heard, support)),
          );
        }
      },
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
}

function ofOrder(heard: Heard<OrderEvent>): NewNotification[] {
  const { userId, orderId, fact, items, total } = heard.value;
  switch (fact?.$case) {
    case "confirmed": {
      const pieces = piecesOf(items);
      return [told(heard, userId, "ORDER_CONFIRMED", { orderId, pieces, ...amountOf(total) })];
    }
    case "cancelled":
      return [told(heard, userId, "ORDER_CANCELLED", { orderId })];
    case "shipped":
      return [told(heard, userId, "ORDER_SHIPPED", { orderId })];
    case "delivered":
      return [told(heard, userId, "ORDER_DELIVERED", { orderId })];
    case "itemsReturned":
    case "returned": {
      const { items: back = [], amount } = fact.value.return ?? {};
      const pieces = piecesOf(back);
      return [told(heard, userId, "ORDER_RETURNED", { orderId, pieces, ...amountOf(amount) })];
    }
    default:
      return [];
  }
}

function piecesOf(items: readonly { readonly quantity: number }[]): number {
  return items.reduce((sum, { quantity }) => sum + quantity, 0);
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

function ofDispute(heard: Heard<PaymentEvent>, support: string): NewNotification[] {
  const { orderId, fact } = heard.value;
  const dispute = fact?.$case === "disputed" ? fact.value.dispute : undefined;
  return dispute
    ? [
        told(heard, support, "PAYMENT_DISPUTED", {
          orderId,
          disputeReason: dispute.reason,
          ...amountOf(dispute.amount),
        }),
      ]
    : [];
}

function ofUser(heard: Heard<UserEvent>): NewNotification[] {
  const { userId, fullName, fact } = heard.value;
  switch (fact?.$case) {
    case "registered":
      return [told(heard, userId, "WELCOME", { fullName })];
    case "emailVerificationRequested":
      return [told(heard, userId, "VERIFY_EMAIL", {})];
    case "passwordResetRequested":
      return [told(heard, userId, "RESET_PASSWORD", {})];
    case "passwordChanged":
      return [told(heard, userId, "PASSWORD_CHANGED", {})];
    default:
      return [];
  }
}

function told(
  { id, time }: Heard<unknown>,
  userId: string,
  kind: WordedKind,
  occasion: Occasion,
): NewNotification {
  const words = wordsOf(kind, occasion);
  return { eventId: id, userId, kind, ...words, orderId: occasion.orderId, time };
}

function amountOf(money: Money | undefined): { amount?: Amount } {
  return money ? { amount: { currency: money.currencyCode, minor: money.amount } } : {};
}
