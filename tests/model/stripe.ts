/** Stripe, as far as money hangs on it: two intents of one order, and refunds by key. */
import type { IntentState } from "../../services/payment/intent.ts";
import type { Setup } from "./world.ts";

export const INTENT = {
  none: 0,
  untried: 1,
  needsPerson: 2,
  authorized: 3,
  declined: 4,
  succeeded: 5,
  cancelled: 6,
  /** Cancelled after a decline. */
  refused: 7,
} as const;

const ACTION = { type: "redirect_to_url", url: "", clientSecret: "" };

const STATES: readonly IntentState[] = [
  { kind: "untried" },
  { kind: "untried" },
  { kind: "needsPerson", action: ACTION },
  { kind: "authorized", captureBefore: undefined },
  { kind: "declined", declineCode: "card_declined" },
  { kind: "succeeded", chargeId: "ch", fee: undefined },
  { kind: "cancelled", declineCode: undefined },
  { kind: "cancelled", declineCode: "card_declined" },
];

export function stateOf(told: number): IntentState {
  return STATES[told] as IntentState;
}

/** What confirming may make of an intent; what is tried already stays. */
export function confirmed(state: number, { can }: Setup): number[] {
  if (state !== INTENT.untried) {
    return [state];
  }
  return [
    paid({ can }),
    ...(can.has("person") ? [INTENT.needsPerson] : []),
    ...(can.has("decline") ? [INTENT.declined] : []),
  ];
}

/** What its person may make of it. */
export function paid({ can }: Pick<Setup, "can">): number {
  return can.has("onShipment") ? INTENT.authorized : INTENT.succeeded;
}

export function cancelledFrom(state: number): number {
  if (state === INTENT.declined) {
    return INTENT.refused;
  }
  return state === INTENT.succeeded || state === INTENT.refused ? state : INTENT.cancelled;
}
