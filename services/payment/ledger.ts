// The books' transactions. Each is balanced; the database refuses one that is not.
import { named, type Tx } from "#kit/db.ts";
import { uuidv7 } from "#kit/uuid.ts";
import type { Share } from "./payment.ts";
import { arrayLiteral } from "./rows.ts";

/** One balanced transaction of the books, all in one currency. */
export interface Booking {
  readonly kind:
    | "charge"
    | "fee"
    | "refund"
    /** Reserved: from what is owed to what is on its way. */
    | "payout"
    | "payout_paid"
    | "payout_return"
    /** A bank withdrew the money, and Stripe its fee for that. */
    | "dispute"
    | "dispute_fee"
    | "dispute_return"
    | "dispute_loss";
  /** Stripe's id of what is booked, or the payout's: never twice for one kind. */
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
  return { kind: "fee", reference, entries: moved("cash", "fees", fee) };
}

/** A charge, backwards, in parts. */
export function bookRefund(reference: string, amount: bigint, parts: readonly Share[]): Booking {
  const taken = parts.map((part) => ({ account: accountOf(part), amount: part.amount }));
  return { kind: "refund", reference, entries: [{ account: "cash", amount: -amount }, ...taken] };
}

/** `amount` leaves one account for another. */
export function moved(from: string, to: string, amount: bigint): readonly Entry[] {
  return [
    { account: to, amount },
    { account: from, amount: -amount },
  ];
}

export function accountOf({ merchantId }: Pick<Share, "merchantId">): string {
  return merchantId === "" ? "shop" : `merchant:${merchantId}`;
}

/** What a booking is about; a payout is of no one order. */
export interface BookedFor {
  readonly paymentId: string | null;
  readonly orderId: string | null;
  readonly currency: string;
}

/** Books what is not in the books yet. */
export async function book(tx: Tx, about: BookedFor, bookings: readonly Booking[]): Promise<void> {
  if (bookings.length === 0) {
    return;
  }
  await tx.query(
    insertBookings([
      about.paymentId,
      about.orderId,
      about.currency,
      bookings.map(() => uuidv7()),
      bookings.map(({ kind }) => kind),
      bookings.map(({ reference }) => reference),
      bookings.map(({ entries }) => arrayLiteral(entries.map(({ account }) => account))),
      bookings.map(({ entries }) => arrayLiteral(entries.map(({ amount }) => amount))),
    ]),
  );
}

const insertBookings = named(
  "payment.book",
  `insert into ledger_transactions
          (id, payment_id, order_id, currency, kind, reference, accounts, amounts)
   select booking.id, $1, $2, $3, booking.kind, booking.reference, booking.accounts::text[],
          booking.amounts::bigint[]
     from unnest($4::uuid[], $5::text[], $6::text[], $7::text[], $8::text[])
          as booking (id, kind, reference, accounts, amounts)
       on conflict (kind, reference) do nothing`,
);
