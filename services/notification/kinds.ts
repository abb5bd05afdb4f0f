/** What people are told of, and what it takes to say it. Pure: no I/O, no clock, no protobuf. */

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
  /** Of a REMINDER, in the words of whoever planned it. */
  readonly title?: string;
  readonly body?: string;
}

/** An occasion as JSON, which has no bigint. */
export interface KeptOccasion extends Omit<Occasion, "amount"> {
  readonly amount?: { readonly currency: string; readonly minor: string };
}

export function toKept({ amount, ...rest }: Occasion): KeptOccasion {
  return amount ? { ...rest, amount: { ...amount, minor: String(amount.minor) } } : rest;
}

export function ofKept({ amount, ...rest }: KeptOccasion): Occasion {
  return amount ? { ...rest, amount: { ...amount, minor: BigInt(amount.minor) } } : rest;
}
