/** In English. */
import type { Texts } from "./texts.ts";

export const en: Texts = {
  kinds: {
    WELCOME: {
      title: () => "Welcome to Tradepost",
      body: ({ fullName }) => `Hello ${fullName ?? "there"}, your account is ready.`,
    },
    ORDER_CONFIRMED: {
      title: () => "Your order is confirmed",
      body: ({ orderId, amount, pieces }, { money }) =>
        `Order ${orderId} is confirmed: ${piecesOf(pieces)}, ${money(amount) ?? "nothing"}.`,
    },
    ORDER_CANCELLED: {
      title: () => "Your order was cancelled",
      body: ({ orderId }) => `Order ${orderId} was cancelled. What was charged is paid back.`,
    },
    ORDER_SHIPPED: {
      title: () => "Your order is on its way",
      body: ({ orderId }) => `All of order ${orderId} is on its way to you.`,
    },
    ORDER_DELIVERED: {
      title: () => "Your order has arrived",
      body: ({ orderId }) => `All of order ${orderId} has arrived.`,
    },
    ORDER_RETURNED: {
      title: () => "Your return was taken in",
      body: ({ orderId, amount, pieces }, { money }) =>
        `${piecesOf(pieces)} of order ${orderId} came back; ` +
        `${money(amount) ?? "nothing"} will be paid back.`,
    },
    PAYMENT_FAILED: {
      title: () => "Your payment did not go through",
      body: ({ orderId, amount }, { money }) =>
        `The payment of ${money(amount) ?? "nothing"} for order ${orderId} was declined. ` +
        "Nothing was charged.",
    },
    PAYMENT_REFUNDED: {
      title: () => "You got money back",
      body: ({ orderId, amount }, { money }) =>
        `${money(amount) ?? "nothing"} of order ${orderId} are on their way back to you.`,
    },
    PAYMENT_DISPUTED: {
      title: () => "A charge is disputed",
      body: ({ orderId, amount, disputeReason }, { money }) =>
        `The bank of the buyer of order ${orderId} disputes ${money(amount) ?? "nothing"}: ` +
        `${disputeReason}. Until it decides nothing of this order is paid back or paid out.`,
    },
    REMINDER: {
      title: ({ title }) => title ?? "Reminder",
      body: ({ body }) => body ?? "",
    },
    WEBHOOK_DISABLED: {
      title: () => "A webhook endpoint was switched off",
      body: ({ host }) =>
        `Nothing is sent to your endpoint at ${host} any more: it did not take what was sent. ` +
        "Once it does, enable it again.",
    },
    VERIFY_EMAIL: {
      title: () => "Confirm your e-mail address",
      body: () =>
        "We have sent a code to your e-mail address: it confirms that the address is yours.",
    },
    RESET_PASSWORD: {
      title: () => "Choose a new password",
      body: () =>
        "Somebody asked to choose a new password for your account. The code for it is in a mail " +
        "to your e-mail address. If it was not you, do nothing: your password stays as it is.",
    },
    PASSWORD_CHANGED: {
      title: () => "Your password was changed",
      body: () =>
        "Your account has a new password, and you are signed out everywhere else. If it was not " +
        "you, say at the sign-in that you have forgotten it, and choose another one.",
    },
    TEST: {
      title: () => "This is a test",
      body: () => "You asked for it: what concerns you would have come like this.",
    },
  },
  codes: {
    VERIFY_EMAIL: "To confirm that this e-mail address is yours, enter this code:",
    RESET_PASSWORD:
      "Somebody asked to choose a new password for your account. If that was you, enter this " +
      "code; if not, do nothing: your password stays as it is.",
  },
  phoneCode: (code) => `${code} is your code at Tradepost, for ten minutes. Tell it to nobody.`,
  expiry: (time) => `It is good until ${time}.`,
  facts: { order: "Order", pieces: "Pieces", amount: "Amount", time: "When" },
  digest: (count) => `${count === 1 ? "1 message" : `${count} messages`} from Tradepost`,
  footers: {
    required: "This mail is about your orders, your money or your account: it always comes.",
    optional: "Your mail program, or your preferences at Tradepost, switch off mails like this.",
  },
};

function piecesOf(count: number | undefined): string {
  return count === 1 ? "1 piece" : `${count} pieces`;
}
