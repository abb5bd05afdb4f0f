import type { Share } from "./payment.ts";

/** One balanced transaction of the books, all in one currency. */
export interface Booking {
  readonly kind: "charge" | "fee" | "refund";
  /** Stripe's id of what is booked: never twice for one kind. */
  readonly reference: string;
  readonly entries: readonly Entry[];
}

interface Entry {
  readonly account: string;
  /** Minor units; positive is a debit. */
  readonly amount: bigint;
}

/** The money is at Stripe; it is owed to the merchants and the shop. */
export function bookCharge(reference: string, amount: bigint, shares: readonly Share[]): Booking {
  const owed = shares.map((share) => ({ account: accountOf(share), amount: -share.amount }));
  return { kind: "charge", reference, entries: [{ account: "cash", amount }, ...owed] };
}

/** What Stripe keeps of a charge. */
export function bookFee(reference: string, fee: bigint): Booking {
  const entries = [
    { account: "fees", amount: fee },
    { account: "cash", amount: -fee },
  ];
  return { kind: "fee", reference, entries };
}

/** A charge, backwards, in parts. */
export function bookRefund(reference: string, amount: bigint, parts: readonly Share[]): Booking {
  const taken = parts.map((part) => ({ account: accountOf(part), amount: part.amount }));
  return { kind: "refund", reference, entries: [{ account: "cash", amount: -amount }, ...taken] };
}

function accountOf({ merchantId }: Share): string {
  return merchantId === "" ? "shop" : `merchant:${merchantId}`;
}
