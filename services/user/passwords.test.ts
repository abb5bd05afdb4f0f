import assert from "node:assert/strict";
import { hash } from "@node-rs/argon2";
import { describe, it } from "mocha";
import { createPasswords, isOutdated } from "./passwords.ts";

describe("passwords", () => {
  it("are hashed with today's parameters and known again", async () => {
    const passwords = createPasswords();
    const hashed = await passwords.hash("violet-anchor-92");
    assert.equal(isOutdated(hashed), false);
    assert.equal(await passwords.verify(hashed, "violet-anchor-92"), true);
    assert.equal(await passwords.verify(hashed, "violet-anchor-93"), false);
  });

  it("of nobody are never right", async () => {
    assert.equal(await createPasswords().verify(undefined, "violet-anchor-92"), false);
  });

  it("hashed with other parameters are outdated", async () => {
    assert.equal(isOutdated(await hash("violet-anchor-92", { memoryCost: 8_192 })), true);
  });

  it("are turned away when too many wait", async () => {
    const passwords = createPasswords({ atOnce: 1, maxWaiting: 2 });
    const outcomes = await Promise.allSettled(
      Array.from({ length: 4 }, () => passwords.verify(undefined, "violet-anchor-92")),
    );
    const refused = outcomes.filter(({ status }) => status === "rejected");
    assert.equal(refused.length, 1);
    assert.equal((refused[0] as PromiseRejectedResult).reason.reason, "OVERLOADED");
    assert.equal(await passwords.verify(undefined, "violet-anchor-92"), false);
  });

  it("whose caller has gone are not hashed", async () => {
    const passwords = createPasswords({ atOnce: 1 });
    const gone = AbortSignal.abort(new Error("gone"));
    await assert.rejects(passwords.hash("violet-anchor-92", gone), /gone/);
    assert.equal(await passwords.verify(undefined, "violet-anchor-92"), false);
  });
});
