import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "mocha";
import { migrationsOf } from "#kit/migrate.ts";
import { eventOf, FINAL, TRANSITIONS } from "./transitions.ts";

describe("the transitions of an order", () => {
  it("are those of the README's picture", async () => {
    const readme = await readFile(join(migrationsOf("order"), "../README.md"), "utf8");
    const drawn = [...readme.matchAll(/^ +(\S+) --> (\S+?)(?:: (\w+))?$/gm)].map(
      ([, from, to, event]) => ({ from, to, event }),
    );
    const reached = new Set(TRANSITIONS.map(({ to }) => to));
    const ends = [...FINAL].filter((status) => reached.has(status));
    assert.deepEqual(drawn, [
      ...TRANSITIONS.map(({ from = "[*]", to, event }) => ({ from, to, event })),
      ...ends.map((from) => ({ from, to: "[*]", event: undefined })),
    ]);
  });

  it("lead nowhere from a final state", () => {
    assert.deepEqual(
      TRANSITIONS.filter(({ from }) => from && FINAL.has(from)),
      [],
    );
    assert.throws(() => eventOf("REJECTED", "CONFIRMED"), { reason: "WRONG_ORDER_STATE" });
  });
});
