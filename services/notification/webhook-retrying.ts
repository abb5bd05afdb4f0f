/** What a try of a webhook means for its delivery and its endpoint. Pure. */
import type { DeliveryState } from "./webhook-delivery-store.ts";
import type { Outcome } from "./webhook-post.ts";

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** Between five tries: six hours in all. */
const WAITS_MS = [5 * SECOND_MS, 5 * MINUTE_MS, HOUR_MS, 5 * HOUR_MS];
/** Of a wait, more or less, so that what failed together is not tried together. */
const JITTER = 0.1;

/** Without a success in between. */
const MOST_FAILING_MS = 5 * 24 * HOUR_MS;

const GONE = 410;

export interface Verdict {
  readonly status: DeliveryState;
  /** Present while it is to be tried again. */
  readonly nextTime: Date | undefined;
}

export function isSuccess(outcome: Outcome): boolean {
  return "status" in outcome && outcome.status >= 200 && outcome.status < 300;
}

/** @param tries before this one; @param random from 0 to 1 */
export function verdictOn(outcome: Outcome, tries: number, now: Date, random: number): Verdict {
  if (isSuccess(outcome)) {
    return { status: "SUCCEEDED", nextTime: undefined };
  }
  const waitMs = isGone(outcome) ? undefined : WAITS_MS[tries];
  if (waitMs === undefined) {
    return { status: "FAILED", nextTime: undefined };
  }
  const jittered = waitMs * (1 - JITTER + 2 * JITTER * random);
  return { status: "PENDING", nextTime: new Date(now.getTime() + jittered) };
}

/** Why an endpoint is switched off after a failure; undefined: it is not. */
export function endOf(
  outcome: Outcome,
  failingSince: Date,
  now: Date,
): "GONE" | "FAILING" | undefined {
  if (isGone(outcome)) {
    return "GONE";
  }
  return now.getTime() - failingSince.getTime() >= MOST_FAILING_MS ? "FAILING" : undefined;
}

function isGone(outcome: Outcome): boolean {
  return "status" in outcome && outcome.status === GONE;
}
