import type { NextAction, PaymentStatus } from "./payment.ts";

/** What Stripe's payment intent says of itself. */
export type IntentState =
  /** Nobody tried to charge it yet. */
  | { readonly kind: "untried" }
  /** Stripe works on it. */
  | { readonly kind: "underWay" }
  /** Waits for its person: 3-D Secure. */
  | { readonly kind: "needsPerson"; readonly action: NextAction }
  /** The money is set aside, until it is captured or the time has come. */
  | { readonly kind: "authorized"; readonly captureBefore: Date | undefined }
  /** Refused, but it could be tried again with another card until it is cancelled. */
  | { readonly kind: "declined"; readonly declineCode: string }
  | {
      readonly kind: "succeeded";
      readonly chargeId: string;
      /** In minor units; not known in every answer. */
      readonly fee: bigint | undefined;
    }
  /** Can never be charged. With a code: because it was declined. */
  | { readonly kind: "cancelled"; readonly declineCode: string | undefined };

export interface Intent {
  readonly id: string;
  readonly state: IntentState;
}

/** How a payment ended. */
export interface Outcome {
  readonly status: Extract<PaymentStatus, "succeeded" | "failed" | "cancelled">;
  readonly chargeId: string | undefined;
  readonly fee: bigint | undefined;
  readonly declineCode: string;
}

/** How far a payment is that has not ended yet. */
export type Hold =
  | { readonly status: "requires_action"; readonly action: NextAction }
  | { readonly status: "authorized"; readonly captureBefore: Date | undefined };

/** Stripe would not go on with it, and what it said of that is lost. */
export const refusedByProvider = "refused";

/** The authorisation ended before the money was taken. */
export const authorizationExpired = "authorization_expired";

/**
 * What to do about a payment whose intent is in this state. An end is recorded only when
 * the intent cannot be charged any more, so a declined one is cancelled first.
 */
export function nextStep(
  state: IntentState,
): { readonly end: Outcome } | { readonly hold: Hold } | { readonly cancel: true } | undefined {
  switch (state.kind) {
    case "succeeded": {
      const { chargeId, fee } = state;
      return { end: { status: "succeeded", chargeId, fee, declineCode: "" } };
    }
    case "cancelled":
      return { end: refusal(state.declineCode) };
    case "needsPerson":
      return { hold: { status: "requires_action", action: state.action } };
    case "authorized":
      return { hold: { status: "authorized", captureBefore: state.captureBefore } };
    case "declined":
      return { cancel: true };
    case "untried":
    case "underWay":
      return undefined;
  }
}

/** Ended without a charge. */
export function refusal(declineCode: string | undefined): Outcome {
  return {
    status: declineCode === undefined ? "cancelled" : "failed",
    chargeId: undefined,
    fee: undefined,
    declineCode: declineCode ?? "",
  };
}
