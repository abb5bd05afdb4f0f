import { Fault } from "#kit/errors.ts";

export type FindingKind =
  | "CHARGE_UNSETTLED"
  | "CHARGE_UNKNOWN"
  | "CHARGE_MISSING"
  | "AMOUNT_DIFFERS"
  | "REFUND_UNSETTLED"
  | "REFUND_UNKNOWN"
  | "REFUND_MISSING"
  | "PAID_WITHOUT_ORDER"
  | "PAID_FOR_ENDED_ORDER"
  | "ORDER_NOT_PAID"
  | "DISPUTE_UNSETTLED"
  | "PAYOUT_UNSETTLED"
  | "TRANSFER_UNKNOWN"
  | "TRANSFER_MISSING"
  | "NOT_BOOKED";

/** A difference between the provider, the books and the orders; "" where there is nothing. */
export interface Finding {
  readonly kind: FindingKind;
  readonly orderId: string;
  readonly paymentId: string;
  /** The provider's id of what is meant. */
  readonly reference: string;
  /** By our books. */
  readonly expected: string;
  /** By the provider or the order. */
  readonly found: string;
  /** It was settled and is no difference any more. */
  readonly repaired: boolean;
}

export function finding(kind: FindingKind, told: Partial<Omit<Finding, "kind">>): Finding {
  return {
    kind,
    orderId: "",
    paymentId: "",
    reference: "",
    expected: "nothing",
    found: "nothing",
    repaired: false,
    ...told,
  };
}

/** `1999 USD`: minor units, for a machine as for a person. */
export function inWords(amount: bigint, currency: string): string {
  return `${amount} ${currency}`;
}

/** Whether a repair went through; one that failed leaves the finding, and says why. */
export async function repair(
  work: () => Promise<boolean>,
): Promise<{ readonly repaired: boolean; readonly why: string }> {
  try {
    return { repaired: await work(), why: "" };
  } catch (error) {
    const why = error instanceof Fault ? error.reason : "an error, see the log";
    return { repaired: false, why: ` (${why})` };
  }
}
