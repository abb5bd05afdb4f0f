import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { Kept } from "./kept.ts";

describe("what the gateway keeps for a while", () => {
  function memory(most = 100) {
    let now = 0;
    let count = 0;
    const kept = new Kept<number>({ forMs: 60_000, most, now: () => now });
    return {
      kept,
      ask: (key = "a") => kept.get(key, async () => ++count),
      pass: (ms: number) => {
        now += ms;
      },
    };
  }

  it("is found out once, however many ask, until its time is over", async () => {
    const { ask, pass } = memory();
    assert.deepEqual(await Promise.all([ask(), ask(), ask()]), [1, 1, 1]);
    assert.equal(await ask("b"), 2);
    pass(59_999);
    assert.equal(await ask(), 1);
    pass(1);
    assert.equal(await ask(), 3);
  });

  it("is found out again once it is forgotten, or was not found", async () => {
    const { kept, ask } = memory();
    const first = ask();
    kept.forget("a", first);
    assert.equal(await ask(), 2);
    kept.forget("a", first);
    assert.equal(await ask(), 2, "that was another one");
    const failing = () => kept.get("c", () => Promise.reject(new Error("away")));
    await assert.rejects(failing(), /away/);
    assert.equal(await ask("c"), 3);
  });

  it("is never more than so much: the oldest goes", async () => {
    const { ask } = memory(2);
    await ask("a");
    await ask("b");
    await ask("c");
    assert.deepEqual([await ask("b"), await ask("c"), await ask("a")], [2, 3, 4]);
  });
});
