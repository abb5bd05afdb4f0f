/** What people are told, and in which words. Pure: no I/O, no clock, no protobuf. */
import { exponentOf } from "#kit/money.ts";

/** Of which people choose whether they are told. */
export const KINDS = [
  "WELCOME",
  "ORDER_CONFIRMED",
  "ORDER_CANCELLED",
  "ORDER_SHIPPED",
  "ORDER_DELIVERED",
  "ORDER_RETURNED",
  "PAYMENT_FAILED",
  "PAYMENT_REFUNDED",
  "PAYMENT_DISPUTED",
  "REMINDER",
  "WEBHOOK_DISABLED",
  "VERIFY_EMAIL",
  "RESET_PASSWORD",
  "PASSWORD_CHANGED",
] as const;

export type Kind = (typeof KINDS)[number] | "TEST";
/** The others have the words of whoever planned them. */
export type WordedKind = Exclude<Kind, "REMINDER">;

/** In the minor unit of `currency`. */
export interface Amount {
  readonly currency: string;
  readonly minor: bigint;
}

/** What happened, as far as the words need it. */
export interface Occasion {
  readonly orderId?: string;
  readonly amount?: Amount;
  readonly pieces?: number;
  readonly fullName?: string;
  /** In Stripe's words. */
  readonly disputeReason?: string;
  /** Of a webhook endpoint; the rest of its URL may be a secret. */
  readonly host?: string;
}

interface Words {
  readonly title: string;
  readonly body: (occasion: Occasion) => string;
}

const WORDS: Readonly<Record<WordedKind, Words>> = {
  WELCOME: {
    title: "Welcome to Tradepost",
    body: ({ fullName }) => `Hello ${fullName ?? "there"}, your account is ready.`,
  },
  ORDER_CONFIRMED: {
    title: "Your order is confirmed",
    body: ({ orderId, amount, pieces }) =>
      `Order ${orderId} is confirmed: ${pieces === 1 ? "1 piece" : `${pieces} pieces`}, ${inWords(amount)}.`,
  },
  ORDER_CANCELLED: {
    title: "Your order was cancelled",
    body: ({ orderId }) => `Order ${orderId} was cancelled. What was charged is paid back.`,
  },
  ORDER_SHIPPED: {
    title: "Your order is on its way",
    body: ({ orderId }) => `All of order ${orderId} is on its way to you.`,
  },
  ORDER_DELIVERED: {
    title: "Your order has arrived",
    body: ({ orderId }) => `All of order ${orderId} has arrived.`,
  },
  ORDER_RETURNED: {
    title: "Your return was taken in",
    body: ({ orderId, amount, pieces }) =>
      `${pieces === 1 ? "1 piece" : `${pieces} pieces`} of order ${orderId} came back; ` +
      `${inWords(amount)} will be paid back.`,
  },
  PAYMENT_FAILED: {
    title: "Your payment did not go through",
    body: ({ orderId, amount }) =>
      `The payment of ${inWords(amount)} for order ${orderId} was declined. Nothing was charged.`,
  },
  PAYMENT_REFUNDED: {
    title: "You got money back",
    body: ({ orderId, amount }) =>
      `${inWords(amount)} of order ${orderId} are on their way back to you.`,
  },
  PAYMENT_DISPUTED: {
    title: "A charge is disputed",
    body: ({ orderId, amount, disputeReason }) =>
      `The bank of the buyer of order ${orderId} disputes ${inWords(amount)}: ${disputeReason}. ` +
      "Until it decides nothing of this order is paid back or paid out.",
  },
  WEBHOOK_DISABLED: {
    title: "A webhook endpoint was switched off",
    body: ({ host }) =>
      `Nothing is sent to your endpoint at ${host} any more: it did not take what was sent. ` +
      "Once it does, enable it again.",
  },
  VERIFY_EMAIL: {
    title: "Confirm your e-mail address",
    body: () =>
      "We have sent a code to your e-mail address: it confirms that the address is yours.",
  },
  RESET_PASSWORD: {
    title: "Choose a new password",
    body: () =>
      "Somebody asked to choose a new password for your account. The code for it is in a mail to " +
      "your e-mail address. If it was not you, do nothing: your password stays as it is.",
  },
  PASSWORD_CHANGED: {
    title: "Your password was changed",
    body: () =>
      "Your account has a new password, and you are signed out everywhere else. If it was not " +
      "you, say at the sign-in that you have forgotten it, and choose another one.",
  },
  TEST: {
    title: "This is a test",
    body: () => "You asked for it: what concerns you would have come like this.",
  },
};

export function wordsOf(kind: WordedKind, occasion: Occasion): { title: string; body: string } {
  const { title, body } = WORDS[kind];
  return { title, body: body(occasion) };
}

/** `$24.97`: exact, because the amount never becomes a floating-point number. */
function inWords(amount: Amount | undefined): string {
  if (!amount) {
    return "nothing";
  }
  const { currency, minor } = amount;
  const digits = exponentOf(currency);
  const text = minor.toString().padStart(digits + 1, "0");
  const whole = digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`;
  return formatOf(currency, digits).format(whole as `${number}`);
}

const formats = new Map<string, Intl.NumberFormat>();

/** Making one takes longer than all else that an event costs. The digits are ISO 4217's, not ICU's. */
function formatOf(currency: string, digits: number): Intl.NumberFormat {
  let format = formats.get(currency);
  if (!format) {
    format = new Intl.NumberFormat("en-US", {
      style: "currency",
      currency,
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    });
    formats.set(currency, format);
  }
  return format;
}
