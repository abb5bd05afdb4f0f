import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { goodEvidence } from "../../infra/verify/testing-evidence.ts";
import { effectsOfWishes, lostAcks, phantoms } from "./acknowledged.ts";
import type { Entry } from "./history.ts";

let n = 0;

function entry(change: Partial<Entry>): Entry {
  n += 1;
  const lines = [{ product: "mug", quantity: 2 }];
  const base = { n, client: 1, op: "place", key: "k1", attempt: 1, from: n * 10, to: n * 10 + 5 };
  const told = { outcome: "ok", status: 201, digest: "d1", orderId: "o1", state: "CONFIRMED" };
  return {
    ...base,
    ...told,
    lines,
    told: lines,
    total: "500",
    currency: "USD",
    ...change,
  } as Entry;
}

const cancelled = { key: "k2", orderId: "o2", digest: "d2" };

function said(...entries: Entry[]): string[] {
  return [...lostAcks(entries, goodEvidence())].map(({ what }) => what);
}

describe("what clients were told", () => {
  it("holds when it is what is there", () => {
    assert.deepEqual(said(entry({}), entry({ op: "repeat" }), entry(cancelled)), []);
  });

  it("may be unknown, and then known", () => {
    const { digest: _, ...first } = entry({ outcome: "info", status: 503 });
    assert.deepEqual(said(first, entry({ attempt: 2 })), []);
  });

  for (const [what, change, found] of [
    ["an order that is gone", { orderId: "o9" }, "an acknowledged order is not there"],
    [
      "an order with other lines",
      { lines: [{ product: "mug", quantity: 3 }] },
      "an order has other lines",
    ],
    ["an order with another total", { total: "499" }, "an order has another total"],
    [
      "a key with a second answer",
      { op: "repeat", digest: "dx" },
      "a key was answered in two ways",
    ],
    [
      "a key that is refused later",
      { op: "repeat", outcome: "fail", status: 402, reason: "PAYMENT_DECLINED" },
      "a key was answered in two ways",
    ],
    [
      "an order that its buyer does not find",
      { op: "get", key: "", outcome: "fail", status: 404 },
      "an acknowledged order is not found",
    ],
    ["a state that goes back", { op: "get", key: "", state: "PENDING" }, "a state went backwards"],
  ] as const) {
    it(`does not hold: ${what}`, () => {
      const right = entry({});
      const wrong = entry(change as Partial<Entry>);
      const isFirst = found.startsWith("an order") || "orderId" in change;
      assert.deepEqual(isFirst ? said(wrong) : said(right, wrong), [found]);
    });
  }

  it("does not hold: an end from which no way leads back", () => {
    assert.deepEqual(said(entry({ ...cancelled, state: "REJECTED" })), ["a state went backwards"]);
  });

  it("is all that there is: no order that nobody asked for, none of a refused key", () => {
    const all = [entry({}), entry(cancelled)];
    assert.deepEqual([...phantoms(all, goodEvidence())], []);
    const missing = [...phantoms(all.slice(0, 1), goodEvidence())];
    assert.deepEqual(
      missing.map(({ orderId }) => orderId),
      ["o2"],
    );
    const refused = entry({ ...cancelled, outcome: "fail", reason: "OUT_OF_STOCK" });
    const living = [...phantoms([entry({}), refused], goodEvidence())];
    assert.deepEqual(
      living.map(({ what }) => what),
      ["a refused order lives"],
    );
  });

  it("has its effect once; what is unknown at most once", () => {
    const known = entry({ op: "restock", key: "r1" });
    const open = entry({ op: "restock", key: "r2", outcome: "info" });
    const counts = [0, 1, 2, 3].map((done) => [...effectsOfWishes([known, open], "restock", done)]);
    assert.deepEqual(
      counts.map(({ length }) => length),
      [1, 0, 0, 1],
    );
  });
});
