// The rules of payouts. Pure.
import { Fault, invalidField } from "#kit/errors.ts";
import { accountOf, type Booking, moved } from "./ledger.ts";

export type PayoutStatus = "pending" | "paid" | "failed";

export interface Payout {
  readonly id: string;
  readonly merchantId: string;
  readonly currency: string;
  /** Minor units, here and below. */
  readonly amount: bigint;
  readonly status: PayoutStatus;
  /** The merchant's account at Stripe; "" until there is one. */
  readonly destination: string;
  /** From 1; another one after each refusal for want of money. */
  readonly attempt: number;
  readonly transferId: string | undefined;
  readonly failureCode: string;
  readonly version: bigint;
  readonly createTime: Date;
  readonly updateTime: Date;
}

export interface Balance {
  readonly currency: string;
  readonly available: bigint;
}

interface AskedAmount {
  readonly currencyCode: string;
  readonly amount: bigint;
}

/** How much is to be paid out: what was asked, or all that there is, in one currency. */
export function payoutAmount(
  merchantId: string,
  balances: readonly Balance[],
  asked: AskedAmount | undefined,
): { readonly currency: string; readonly amount: bigint } {
  if (asked && asked.amount <= 0n) {
    throw invalidField("amount.amount", "must be greater than 0", "int64.gt");
  }
  if (asked) {
    const { currencyCode: currency, amount } = asked;
    const available = balances.find((one) => one.currency === currency)?.available ?? 0n;
    if (amount > available) {
      throw insufficient(merchantId, currency, available);
    }
    return { currency, amount };
  }
  const [only, ...others] = balances.filter(({ available }) => available > 0n);
  if (!only) {
    throw insufficient(merchantId, balances[0]?.currency ?? "", 0n);
  }
  if (others.length > 0) {
    const currencies = [only, ...others].map(({ currency }) => currency).join(", ");
    throw invalidField("amount", `must name one of ${currencies}`, "payout.currency");
  }
  return { currency: only.currency, amount: only.available };
}

function insufficient(merchantId: string, currencyCode: string, available: bigint): Fault {
  const left = available > 0n ? available : 0n;
  const metadata = { merchantId, available: String(left), ...(currencyCode && { currencyCode }) };
  return new Fault(
    "INSUFFICIENT_BALANCE",
    `only ${left} ${currencyCode} can be paid out to ${merchantId}`.replace("  ", " "),
    { metadata },
  );
}

/** Taken from what is owed, and on its way. */
export function bookReserved(payout: Payout): Booking {
  const entries = moved("payouts", accountOf(payout), payout.amount);
  return { kind: "payout", reference: payout.id, entries };
}

/** How it went: the money has left, or is owed again. */
export function bookEnded({ id, amount, merchantId }: Payout, isPaid: boolean): Booking {
  return isPaid
    ? { kind: "payout_paid", reference: id, entries: moved("cash", "payouts", amount) }
    : {
        kind: "payout_return",
        reference: id,
        entries: moved(accountOf({ merchantId }), "payouts", amount),
      };
}
