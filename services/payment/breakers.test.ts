import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { createBreakers } from "./breakers.ts";
import { reasonOf } from "./checks.ts";

describe("a breaker", () => {
  const isFailure = (error: Error) => error.message === "dead";
  const fail = (message: string) => () => Promise.reject(new Error(message));

  it("answers at once after twenty failures, for that kind of call only", async () => {
    const guarded = createBreakers(isFailure);
    for (let call = 0; call < 20; call++) {
      assert.equal(await reasonOf(guarded("create", fail("dead"))), "dead");
    }
    assert.equal(await reasonOf(guarded("create", fail("dead"))), "DEPENDENCY_DOWN");
    assert.equal(await guarded("read", async () => "alive"), "alive");
  });

  it("does not mind what a living provider refuses", async () => {
    const guarded = createBreakers(isFailure);
    for (let call = 0; call < 50; call++) {
      assert.equal(await reasonOf(guarded("create", fail("declined"))), "declined");
    }
    assert.equal(await guarded("create", async () => "alive"), "alive");
  });

  it("lets one call find out whether it is over", async () => {
    const guarded = createBreakers(isFailure, 0);
    for (let call = 0; call < 20; call++) {
      await reasonOf(guarded("create", fail("dead")));
    }
    assert.equal(await guarded("create", async () => "alive"), "alive");
    assert.equal(await guarded("create", async () => "alive"), "alive");
  });
});
