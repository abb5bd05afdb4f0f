import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { type Action, firstOf, next, type Result, type Row } from "./saga-rules.ts";

const calm = { overdue: false, cancel: undefined };
const rejection = { reason: "OUT_OF_STOCK", detail: "", metadata: {} };
const done: Result = { is: "done" };

/** What is done from a row on, when these are the results. */
function path(row: Row, results: readonly Result[], seen = calm): string[] {
  let action: Action = firstOf(row, seen);
  const did: string[] = [];
  for (const result of [...results, ...Array.from({ length: 9 }, () => done)]) {
    if (action.do === "rest") {
      return [...did, action.why];
    }
    did.push(action.do);
    action = next(action, result);
  }
  return did;
}

const checkout: Row = { kind: "checkout", step: "forward" };

describe("a checkout's rules", () => {
  it("go forward", () => {
    assert.deepEqual(path(checkout, []), ["reserve", "charge", "confirm", "settle", "stop"]);
  });

  it("go all the way back from any refusal", () => {
    const back = ["turn", "undo", "close", "stop"];
    const refused: Result = { is: "refused", rejection };
    assert.deepEqual(path(checkout, [refused]), ["reserve", ...back]);
    assert.deepEqual(path(checkout, [done, refused]), ["reserve", "charge", ...back]);
  });

  it("try again what is not known", () => {
    const unknown: Result = { is: "unknown", error: new Error("lost") };
    for (let known = 0; known < 4; known++) {
      const results: Result[] = [...Array.from({ length: known }, () => done), unknown];
      assert.equal(path(checkout, results).at(-1), "retry");
    }
  });

  it("wait for the payment's person, but not for ever", () => {
    const waits: Result = { is: "waits" };
    assert.deepEqual(path(checkout, [done, waits]), ["reserve", "charge", "await", "pause"]);
    const waiting: Row = { kind: "checkout", step: "wait" };
    assert.deepEqual(path(waiting, [waits]), ["charge", "pause"]);
    assert.deepEqual(path(waiting, []), ["charge", "confirm", "settle", "stop"]);
    const late = { overdue: true, cancel: undefined };
    assert.deepEqual(path(waiting, [waits], late), ["charge", "turn", "undo", "close", "stop"]);
    assert.deepEqual(path(waiting, [], late), ["charge", "confirm", "settle", "stop"]);
  });

  it("look again when the order has moved, turn when a cancel is asked, stop when it is another's", () => {
    const guarded: Result = { is: "guarded" };
    const toConfirm = [done, done, guarded];
    const seen = (ours: boolean, actor?: string): Result => {
      return { is: "seen", ours, cancel: actor ? { actor, reason: "" } : undefined };
    };
    const before = ["reserve", "charge", "confirm", "look"];
    assert.deepEqual(path(checkout, [...toConfirm, seen(true)]), [
      ...before,
      "confirm",
      "settle",
      "stop",
    ]);
    assert.deepEqual(path(checkout, [...toConfirm, seen(true, "u1")]), [
      ...before,
      "turn",
      "undo",
      "close",
      "stop",
    ]);
    assert.deepEqual(path(checkout, [...toConfirm, seen(false)]), [...before, "stop"]);
  });
});

describe("the rules of paying back", () => {
  it("pause while a dispute keeps the money, and go on from there", () => {
    const frozen: Result = { is: "frozen" };
    assert.deepEqual(path({ kind: "cancel", step: "back" }, [frozen]), ["undo", "pause"]);
    assert.deepEqual(path({ kind: "cancel", step: "frozen" }, []), ["undo", "end", "stop"]);
    assert.deepEqual(path({ kind: "return", step: "back" }, [frozen]), ["takeBack", "pause"]);
    assert.deepEqual(path({ kind: "return", step: "frozen" }, []), ["takeBack", "end", "stop"]);
  });

  it("refund what is left where that is less than the part", () => {
    const refused: Result = { is: "refused", rejection };
    assert.deepEqual(path({ kind: "return", step: "back" }, [refused]), [
      "takeBack",
      "takeBackRest",
      "end",
      "stop",
    ]);
  });
});
