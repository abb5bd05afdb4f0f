/**
 * What a saga of an order does next. Pure: tests/model explores these very functions.
 *
 * A driver that holds a saga's row asks `firstOf` (by the row) for an action, performs it, and
 * gives what came of it to `next`, until that answers a rest:
 *
 *     let action = firstOf(row, { overdue });
 *     while (action.do !== "rest") action = next(action, await perform(action));
 *
 * What each action is (calls may be made again without harm; statements are guarded):
 *
 * | action   | kind      | what                                                                    |
 * | -------- | --------- | ----------------------------------------------------------------------- |
 * | reserve  | checkout  | product ReserveStock                                                    |
 * | charge   | checkout  | payment Charge                                                          |
 * | await    | checkout  | statement: PENDING → PENDING with its next action; row's step `wait`    |
 * | confirm  | checkout  | statement: PENDING → CONFIRMED unless a cancel is asked; step `settle`  |
 * | look     | checkout  | reads whether the row is still ours and whether a cancel is asked       |
 * | turn     | checkout  | statement: row's step `back`, with why                                  |
 * | undo     | checkout, cancel | payment Refund of all that is left ∥ product ReleaseStock        |
 * | close    | checkout  | statement: PENDING → REJECTED or CANCELLED; the row goes                |
 * | settle   | checkout  | product CommitStock, then the row goes                                  |
 * | takeBack | return    | payment Refund of the return's part ∥ product ReturnStock               |
 * | takeBackRest | return | the same, but Refund of all that is left                               |
 * | end      | cancel, return | statement: the row goes                                            |
 *
 * Each statement asks that the row still has this driver's fence, and `await`, `confirm` and
 * `close` also that the order is PENDING at the sequence that this driver has seen.
 */
import type { CancelRequest, Rejection } from "./order.ts";

export type Kind = "checkout" | "cancel" | "return";

/** Where a row says to go on. `frozen` is `back` while a dispute keeps the money from moving. */
export type Step = "forward" | "wait" | "settle" | "back" | "frozen";

/** Why a checkout goes back. */
export type Outcome = { readonly rejection: Rejection } | { readonly cancel: CancelRequest };

export interface Row {
  readonly kind: Kind;
  readonly step: Step;
  /** Of a checkout that goes back. */
  readonly outcome?: Outcome | undefined;
}

/** A payment's person: not yet known to be needed, waited for, or waited for too long. */
type Person = "unknown" | "awaited" | "late";

/** What `look` leads back to. */
type Guarded = { readonly do: "await" } | { readonly do: "confirm" } | Close;
type Close = { readonly do: "close"; readonly outcome: Outcome };

export type Action =
  | Guarded
  | { readonly do: "reserve" }
  | { readonly do: "charge"; readonly person: Person }
  | { readonly do: "look"; readonly after: Guarded }
  | { readonly do: "turn"; readonly outcome: Outcome }
  | { readonly do: "undo"; readonly kind: Kind; readonly outcome: Outcome | undefined }
  | { readonly do: "settle" }
  | { readonly do: "takeBack" }
  | { readonly do: "takeBackRest" }
  | { readonly do: "end" }
  | Rest;

/**
 * The driver lets go. `stop`: there is nothing left to do, or another driver does it. `retry`: an
 * outcome is not known, so it is asked for again from the row's step, here or elsewhere. `pause`:
 * somebody else has to act first; the row's step becomes `step`.
 */
export type Rest =
  | { readonly do: "rest"; readonly why: "stop" }
  | { readonly do: "rest"; readonly why: "retry"; readonly error: unknown }
  | { readonly do: "rest"; readonly why: "pause"; readonly step: "wait" | "frozen" };

export type Result =
  /** It took effect, or had before. */
  | { readonly is: "done" }
  /** Of a call: for good. Nothing of it will take effect. */
  | { readonly is: "refused"; readonly rejection: Rejection }
  /** Of a call: it may have taken effect or not, and may yet. */
  | { readonly is: "unknown"; readonly error: unknown }
  /** Of `charge`: its person has to act. */
  | { readonly is: "waits" }
  /** Of `undo` and `takeBack`: a dispute keeps the money from moving. */
  | { readonly is: "frozen" }
  /** Of a statement: the rows are not as it asks. Nothing was written. */
  | { readonly is: "guarded" }
  /** Of `look`. */
  | { readonly is: "seen"; readonly ours: boolean; readonly cancel: CancelRequest | undefined };

const NOT_COMPLETED: Rejection = {
  reason: "NOT_COMPLETED",
  detail: "the payment was not completed in time",
  metadata: {},
};

const STOP: Rest = { do: "rest", why: "stop" };

/** `overdue`: the payment has waited for its person as long as it may. */
export function firstOf(
  { kind, step, outcome }: Row,
  { overdue, cancel }: { readonly overdue: boolean; readonly cancel: CancelRequest | undefined },
): Action {
  if (kind === "return") {
    return { do: "takeBack" };
  }
  if (step === "back" || step === "frozen") {
    return { do: "undo", kind, outcome };
  }
  if (kind === "cancel") {
    throw new Error(`a cancel has no step ${step}`);
  }
  switch (step) {
    case "forward":
      return { do: "reserve" };
    case "wait":
      return cancel
        ? { do: "turn", outcome: { cancel } }
        : { do: "charge", person: overdue ? "late" : "awaited" };
    case "settle":
      return { do: "settle" };
  }
}

export function next(action: Exclude<Action, Rest>, result: Result): Action {
  if (result.is === "unknown") {
    return { do: "rest", why: "retry", error: result.error };
  }
  switch (action.do) {
    case "reserve":
      return forward(result, { do: "charge", person: "unknown" });
    case "charge":
      return result.is === "waits"
        ? afterWaiting(action.person)
        : forward(result, { do: "confirm" });
    case "await":
      return written(action, result, { do: "rest", why: "pause", step: "wait" });
    case "confirm":
      return written(action, result, { do: "settle" });
    case "look":
      return afterLook(action.after, result);
    case "turn":
      return result.is === "done"
        ? { do: "undo", kind: "checkout", outcome: action.outcome }
        : STOP;
    case "undo":
      return given(result, afterUndo(action));
    case "close":
      return written(action, result, STOP);
    case "takeBack":
      // More was refunded by hand than leaves the whole part: what is left then is the part.
      return result.is === "refused" ? { do: "takeBackRest" } : given(result, { do: "end" });
    case "takeBackRest":
      return given(result, { do: "end" });
    case "settle":
    case "end":
      return STOP;
  }
}

/** A refusal on the way forward undoes everything that may have begun. */
function forward(result: Result, done: Action): Action {
  return result.is === "refused"
    ? { do: "turn", outcome: { rejection: result.rejection } }
    : expect(result, "done", done);
}

function afterWaiting(person: Person): Action {
  switch (person) {
    case "unknown":
      return { do: "await" };
    case "awaited":
      return { do: "rest", why: "pause", step: "wait" };
    case "late":
      return { do: "turn", outcome: { rejection: NOT_COMPLETED } };
  }
}

function written(action: Guarded, result: Result, done: Action): Action {
  return result.is === "guarded" ? { do: "look", after: action } : expect(result, "done", done);
}

/** Goes on with what was seen: a dispute may have moved the order's sequence. */
function afterLook(after: Guarded, result: Result): Action {
  if (result.is !== "seen") {
    throw unexpected("look", result);
  }
  if (!result.ours) {
    return STOP;
  }
  return result.cancel && after.do !== "close"
    ? { do: "turn", outcome: { cancel: result.cancel } }
    : after;
}

function afterUndo({ kind, outcome }: { kind: Kind; outcome: Outcome | undefined }): Action {
  if (kind === "cancel") {
    return { do: "end" };
  }
  if (!outcome) {
    throw new Error("a checkout goes back and does not say why");
  }
  return { do: "close", outcome };
}

function given(result: Result, done: Action): Action {
  return result.is === "frozen"
    ? { do: "rest", why: "pause", step: "frozen" }
    : expect(result, "done", done);
}

function expect(result: Result, is: Result["is"], then: Action): Action {
  if (result.is !== is) {
    throw unexpected(is, result);
  }
  return then;
}

function unexpected(asked: string, { is }: Result): Error {
  return new Error(`${asked} was expected, not ${is}`);
}
