import assert from "node:assert/strict";
import { afterEach, describe, it } from "mocha";
import { BREAKS, type Break, breaking } from "./breaks.ts";
import { explore } from "./explore.ts";
import { LARGE, SMALL, SMALLEST_FOR } from "./worlds.ts";

/** States of each large world that are looked at here; `npm run test:model` goes on. */
const FEW = 8_000;

/** What goes wrong first. */
const FOUND: Readonly<Record<Break, RegExp>> = {
  "no-fence": /no way leads to rest/,
  "unknown-is-refusal": /a REJECTED order keeps something/,
  "undo-is-dropped": /a \w+ order keeps something/,
  "no-closed-reservation": /a REJECTED order keeps something/,
  "confirm-unstored": /charged twice/,
  "end-is-rewritten": /charged twice|a payment goes from/,
  "refund-without-cap": /more is refunded than was charged/,
  "sweeper-guesses": /CONFIRMED without its stock/,
  "commit-unheld": /a closed reservation opens/,
  "stock-read-then-write": /stock is below nothing/,
  "cancel-unguarded": /an order goes from SHIPPED to CANCELLED/,
  "return-twice": /stock is below nothing/,
};

describe("the model", () => {
  afterEach(() => breaking(undefined));

  for (const setup of SMALL) {
    it(`holds in every state of "${setup.name}", and each can come to rest`, () => {
      const { counterExample, isComplete } = explore(setup, 100_000);
      assert.deepEqual(
        { counterExample, isComplete },
        { counterExample: undefined, isComplete: true },
      );
    }).timeout(120_000);
  }

  for (const setup of LARGE) {
    it(`holds in the first ${FEW} states of "${setup.name}"`, () => {
      assert.equal(explore(setup, FEW).counterExample, undefined);
    }).timeout(120_000);
  }

  for (const name of Object.keys(BREAKS) as Break[]) {
    it(`finds it when ${BREAKS[name]}`, () => {
      const setup = SMALLEST_FOR[name];
      breaking(name);
      const { counterExample } = explore(setup, 100_000);
      assert.match(counterExample?.wrong ?? "nothing", FOUND[name]);
      assert.ok(counterExample?.trace.every((step) => step !== "?"));
    }).timeout(120_000);
  }
});
