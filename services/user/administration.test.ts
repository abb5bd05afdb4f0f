import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { assignRoles, lock, refuseOwn, unlock } from "./administration.ts";
import { open } from "./user.ts";

const at = (ms: number) => new Date(Date.UTC(2030, 0, 1) + ms);

describe("what administrators decide", () => {
  const { user } = open({ id: "ada", email: "ada@example.com", fullName: "Ada" }, at(0));

  it("gives roles in the place of those that were, of which older tokens say nothing right", () => {
    const { user: merchant, facts } = assignRoles(user, ["MERCHANT"], "1", at(1_500));
    assert.deepEqual(merchant, {
      ...user,
      roles: ["MERCHANT"],
      version: 2n,
      updateTime: at(1_500),
      tokensFrom: at(3_000),
    });
    assert.deepEqual(facts, ["updated"]);
    assert.deepEqual(assignRoles(merchant, ["MERCHANT"], "*", at(9_000)).facts, []);
    const both = assignRoles(merchant, ["CUSTOMER", "MERCHANT"], undefined, at(9_000)).user;
    assert.deepEqual(assignRoles(both, ["MERCHANT", "CUSTOMER"], undefined, at(9_500)).facts, []);
    assert.throws(() => assignRoles(merchant, ["ADMIN"], "1", at(9_000)), { reason: "STALE_ETAG" });
  });

  it("locks once, from then on, and unlocks", () => {
    const { user: locked } = lock(user, at(1_000));
    assert.deepEqual([locked.lockTime, locked.tokensFrom], [at(1_000), at(2_000)]);
    assert.deepEqual(lock(locked, at(5_000)), { user: locked, facts: [] });
    const { user: free, facts } = unlock(locked, at(6_000));
    assert.deepEqual([free.lockTime, free.tokensFrom, facts], [undefined, at(2_000), ["updated"]]);
    assert.deepEqual(unlock(free, at(7_000)).facts, []);
  });

  it("does not count tokens of the second in which it happens, also the second time in it", () => {
    const from = (now: Date) => lock(user, now).user.tokensFrom;
    assert.deepEqual([from(at(0)), from(at(1)), from(at(999))], [at(1_000), at(2_000), at(2_000)]);
    const { user: first } = assignRoles(user, ["ADMIN"], undefined, at(1));
    const { user: second } = assignRoles(first, ["CUSTOMER"], undefined, at(2));
    assert.deepEqual(second.tokensFrom, at(3_000));
  });

  it("is not for the account of the one who decides", () => {
    assert.throws(() => refuseOwn("ada", "ada"), { reason: "OWN_ACCOUNT" });
    refuseOwn("ada", "bob");
  });
});
