/** Performs what saga-rules.ts says, until it says to rest. */
import { Fault } from "#kit/errors.ts";
import type { Pause } from "#kit/saga.ts";
import { type Action, next, type Rest, type Result } from "./saga-rules.ts";

/** An action that has to be performed. */
export type Deed = Exclude<Action, Rest>;

/** What others may refuse for good. Anything else leaves the outcome open, and is tried again. */
const REFUSALS: Partial<Record<Deed["do"], ReadonlySet<string>>> = {
  reserve: new Set([
    "PRODUCT_NOT_FOUND",
    "OUT_OF_STOCK",
    "MIXED_CURRENCIES",
    "RESERVATION_CLOSED",
    // A total that is more than can be charged.
    "PAYMENT_DECLINED",
  ]),
  charge: new Set(["PAYMENT_DECLINED", "WRONG_PAYMENT_STATE"]),
  takeBack: new Set(["REFUND_EXCEEDS_CHARGE"]),
};

/** How long until it is asked again whether somebody has acted, in milliseconds. */
const PAUSES = { wait: 2_000, frozen: 30_000 } as const;

export async function follow(
  first: Action,
  perform: (deed: Deed) => Promise<Result>,
): Promise<Rest> {
  let action = first;
  while (action.do !== "rest") {
    const deed: Deed = action;
    const result = await perform(deed).catch((error: unknown) => resultOf(deed, error));
    action = next(deed, result);
  }
  return action;
}

/** What the driver is told. */
export function pauseOf(rest: Rest): Pause | undefined {
  switch (rest.why) {
    case "stop":
      return undefined;
    case "pause":
      return { step: rest.step, ms: PAUSES[rest.step] };
    case "retry":
      throw rest.error;
  }
}

/** What a call that failed says of its outcome. */
export function resultOf(deed: Deed, error: unknown): Result {
  if (error instanceof Fault && REFUSALS[deed.do]?.has(error.reason)) {
    const { reason, message: detail, metadata } = error;
    return { is: "refused", rejection: { reason, detail, metadata } };
  }
  if (error instanceof Fault && error.metadata.disputed === "true" && isPaying(deed)) {
    return { is: "frozen" };
  }
  return { is: "unknown", error };
}

function isPaying({ do: what }: Deed): boolean {
  return what === "undo" || what === "takeBack" || what === "takeBackRest";
}
