import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "mocha";
import { migrationsOf } from "#kit/migrate.ts";
import { FINAL, stepOf, TRANSITIONS } from "./transitions.ts";

/** May come in every state, and change none. */
const DISPUTES = new Set(["OrderDisputed", "OrderDisputeClosed"]);

describe("the transitions of an order", () => {
  it("are those of the README's picture", async () => {
    const readme = await readFile(join(migrationsOf("order"), "../README.md"), "utf8");
    const drawn = [...readme.matchAll(/^ +(\S+) --> (\S+?)(?:: (\w+))?$/gm)].map(
      ([, from, to, event]) => ({ from, to, event }),
    );
    const pictured = TRANSITIONS.filter(({ event }) => !DISPUTES.has(event));
    const reached = new Set(TRANSITIONS.map(({ to }) => to));
    const ends = [...FINAL].filter((status) => reached.has(status));
    assert.deepEqual(drawn, [
      ...pictured.map(({ from = "[*]", to, event }) => ({ from, to, event })),
      ...ends.map((from) => ({ from, to: "[*]", event: undefined })),
    ]);
  });

  it("let a dispute be noted in every state, which it does not change", () => {
    const reached = new Set(TRANSITIONS.map(({ to }) => to));
    const noted = TRANSITIONS.filter(({ event }) => DISPUTES.has(event));
    assert.ok(noted.every(({ from, to }) => from === to));
    assert.equal(noted.length, 2 * reached.size);
  });

  it("lead to no other state from a final one", () => {
    assert.deepEqual(
      TRANSITIONS.filter(({ from, to }) => from && FINAL.has(from) && to !== from),
      [],
    );
    assert.throws(() => stepOf("REJECTED", "OrderConfirmed"), { reason: "WRONG_ORDER_STATE" });
  });
});
