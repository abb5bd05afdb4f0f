// The rules of disputes. Pure.
import type { ProviderDispute } from "./dispute-provider.ts";
import { accountOf, type Booking, moved } from "./ledger.ts";
import type { Dispute, DisputeStatus, Payment, Share } from "./payment.ts";
import { divideRefund } from "./shares.ts";

/** What may follow what. A status only ever goes forward. */
const NEXT: Readonly<Record<DisputeStatus, readonly DisputeStatus[]>> = {
  open: ["won", "lost"],
  won: [],
  lost: [],
};

/** What is new in what the provider says of a dispute. */
export interface DisputeChange {
  readonly opened: boolean;
  readonly closed: boolean;
  readonly dispute: Dispute;
  /** Counts as paid back from now on. */
  readonly lost: bigint;
  readonly sharesLeft: readonly Share[];
  /** All that there is to book so far, known or not: each is booked once. */
  readonly bookings: readonly Booking[];
}

export function disputeChange(
  payment: Payment,
  known: DisputeStatus | undefined,
  told: ProviderDispute,
): DisputeChange {
  const before = known ?? "open";
  const closed = NEXT[before].includes(told.status);
  const status = closed ? told.status : before;
  const isLost = closed && status === "lost";
  // What was paid back already is the bank's and the shop's matter, not the merchants'.
  const lost = isLost ? atMost(payment.amount - payment.refunded, told.amount) : 0n;
  const { parts, left: sharesLeft } = divideRefund(payment.sharesLeft, lost);
  return {
    opened: known === undefined,
    closed,
    dispute: { id: told.id, status, amount: told.amount, reason: told.reason },
    lost,
    sharesLeft: lost > 0n ? sharesLeft : payment.sharesLeft,
    bookings: [...told.movements.flatMap(booked), ...(isLost ? [bookLoss(told, lost, parts)] : [])],
  };
}

/** Math.min knows no bigint. */
function atMost(most: bigint, amount: bigint): bigint {
  return amount > most ? most : amount;
}

function booked({ id, amount, fee }: ProviderDispute["movements"][number]): Booking[] {
  const entries = moved("cash", "disputes", -amount);
  return [
    ...(amount < 0n ? [{ kind: "dispute", reference: id, entries } as const] : []),
    ...(amount > 0n ? [{ kind: "dispute_return", reference: id, entries } as const] : []),
    ...(fee === 0n
      ? []
      : [{ kind: "dispute_fee", reference: id, entries: moved("cash", "fees", fee) } as const]),
  ];
}

/** What was withheld is gone: the merchants' parts are not owed to them any more. */
function bookLoss({ id, amount }: ProviderDispute, lost: bigint, parts: readonly Share[]): Booking {
  const owners = parts.map((part) => ({ account: accountOf(part), amount: part.amount }));
  const rest = lost < amount ? [{ account: "shop", amount: amount - lost }] : [];
  const entries = [{ account: "disputes", amount: -amount }, ...owners, ...rest];
  return { kind: "dispute_loss", reference: id, entries };
}
