import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import type { Revocation } from "#gen/tradepost/user/v1/user.ts";
import { type TestDatabase, testDatabase } from "#kit/testing-database.ts";
import { refresh, sessionMs } from "./refresh-tokens.ts";
import { refuseRevoked } from "./revocation-store.ts";
import { newSecret } from "./secrets.ts";
import { prune } from "./session-store.ts";
import { openSession } from "./sign-in-store.ts";
import { addUsers } from "./store.ts";
import { open } from "./user.ts";

const from = { device: "curl/8.5.0", address: "203.0.113.1" };
const forgetTime = new Date(Date.now() + 600_000);

describe("refresh tokens", () => {
  let database: TestDatabase;
  const told: Revocation[] = [];
  const feed = { add: (revocation: Revocation) => void told.push(revocation) };
  before(async () => {
    database = await testDatabase("user");
    const ada = open({ id: "ada", email: "ada@example.com", fullName: "Ada" }, new Date());
    await addUsers(database.db, [{ ...ada, passwordHash: "" }], "");
  });
  after(() => database.drop());

  async function session(sessionId: string, expireTime = new Date(Date.now() + sessionMs)) {
    const { token, hash: tokenHash } = newSecret();
    const opening = { sessionId, userId: "ada", tokenHash, now: new Date(), expireTime };
    const pair = Buffer.from(sessionId);
    assert.ok(
      await openSession(database.db, pair, [], {
        ...opening,
        passwordHash: "",
        newHash: undefined,
        from,
      }),
    );
    return token;
  }

  const use = (token: string) => refresh(database.db, feed, token, forgetTime, from);

  it("are 256 random bits", () => {
    assert.match(newSecret().token, /^[A-Za-z0-9_-]{43}$/);
  });

  it("pass from one to the next within a session", async () => {
    const first = await use(await session("chain"));
    const second = await use(first.refreshToken);
    assert.deepEqual([first.sessionId, second.sessionId], ["chain", "chain"]);
    assert.equal(second.user.id, "ada");
  });

  it("used twice end the session, the successor included", async () => {
    const token = await session("reused");
    const { refreshToken: successor } = await use(token);
    await assert.rejects(use(token), { reason: "REVOKED_TOKEN" });
    await assert.rejects(use(successor), { reason: "REVOKED_TOKEN" });
    await assert.rejects(use(token), { reason: "REVOKED_TOKEN" });
    const expected = { sessionId: "reused", userId: "ada", issuedBefore: undefined };
    assert.deepEqual(told, [{ ...expected, expireTime: forgetTime }]);
    const claims = { userId: "ada", sessionId: "reused", issuedAt: new Date() };
    await assert.rejects(refuseRevoked(database.db, claims), { reason: "REVOKED_TOKEN" });
    await refuseRevoked(database.db, { ...claims, sessionId: "chain" });
  });

  it("used 20 times at once succeed once, and the session is over", async () => {
    const token = await session("parallel");
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => use(token)));
    const successors = outcomes.flatMap((outcome) =>
      outcome.status === "fulfilled" ? [outcome.value.refreshToken] : [],
    );
    assert.equal(successors.length, 1);
    await assert.rejects(use(successors[0] ?? ""), { reason: "REVOKED_TOKEN" });
  });

  it("end with their session after 30 days", async () => {
    const token = await session("old", new Date(Date.now() - 1));
    await assert.rejects(use(token), { reason: "EXPIRED_TOKEN" });
    await prune(database.db);
    await assert.rejects(use(token), { reason: "INVALID_TOKEN" });
  });

  it("that nobody gave out are not valid", async () => {
    await assert.rejects(use(newSecret().token), { reason: "INVALID_TOKEN" });
  });
});
