import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import type { As } from "#kit/testing.ts";
import { demoPassword } from "./seed.ts";
import { password, type StartedUsers, startUsers } from "./testing.ts";

describe("an account that an administrator locks", () => {
  let service: StartedUsers;
  let admin: As;
  before(async () => {
    service = await startUsers({ seed: true });
    const login = { email: "admin@tradepost.dev", password: demoPassword };
    admin = { token: (await service.users.login(login)).accessToken };
  });
  after(() => service.stop());

  async function person() {
    const session = await service.person();
    return { ...session, id: session.user?.id ?? "" };
  }

  it("has no use of its sessions, keys, refresh tokens and password, until it is unlocked", async () => {
    const { id, as, email, refreshToken } = await person();
    const scopes = ["addresses:read"];
    const { apiKey } = await service.apiKeys.createApiKey({ name: "sync", scopes }, as);
    const had = await service.apiKeys.exchangeApiKey({ apiKey: apiKey?.key ?? "" });
    const { user } = await service.admin.lockUser({ id, reason: "fraud" }, admin);
    assert.ok(user?.lockTime);

    await assert.rejects(service.users.getMe({}, as), { reason: "REVOKED_TOKEN" });
    await assert.rejects(service.users.refresh({ refreshToken }), { reason: "REVOKED_TOKEN" });
    await assert.rejects(service.addresses.listAddresses({}, { token: had.accessToken }), {
      reason: "REVOKED_TOKEN",
    });
    await assert.rejects(service.apiKeys.exchangeApiKey({ apiKey: apiKey?.key ?? "" }), {
      reason: "INVALID_TOKEN",
    });
    await assert.rejects(service.users.login({ email, password }), { reason: "ACCOUNT_LOCKED" });
    await assert.rejects(service.users.login({ email, password: "wrong" }), {
      reason: "WRONG_PASSWORD",
    });
    const again = await service.admin.lockUser({ id }, admin);
    assert.deepEqual(again.user, user);

    await service.admin.unlockUser({ id, reason: "cleared" }, admin);
    const { accessToken: token, user: free } = await service.users.login({ email, password });
    assert.equal(free?.lockTime, undefined);
    await service.users.getMe({}, { token });
    await assert.rejects(service.users.getMe({}, as), { reason: "REVOKED_TOKEN" });
    const fresh = await service.apiKeys.exchangeApiKey({ apiKey: apiKey?.key ?? "" });
    await service.addresses.listAddresses({}, { token: fresh.accessToken });
    const { rows } = await service.db.query(
      "select act, reason, after from audit where target = $1 order by sequence",
      [id],
    );
    const acts = rows.map(({ act, reason, after: { isLocked } }) => [act, reason, isLocked]);
    assert.deepEqual(acts, [
      ["user.lock", "fraud", true],
      ["user.unlock", "cleared", false],
    ]);
    const { rowCount } = await service.db.query("select from audit_mismatches");
    assert.equal(rowCount, 0);
  });

  it("leaves those who guess at its password no more tries than ever", async () => {
    const { id, email } = await person();
    await service.admin.lockUser({ id }, admin);
    const guesses = ["no 1", "no 2", password, "no 3", "no 4", password];
    const told: string[] = [];
    for (const guess of guesses) {
      const fault = await service.users.login({ email, password: guess }).catch((error) => error);
      told.push(`${fault.reason} ${fault.message}`);
    }
    const wrong = "WRONG_PASSWORD e-mail or password is wrong";
    assert.deepEqual(told, [
      wrong,
      wrong,
      "ACCOUNT_LOCKED the account is locked",
      wrong,
      wrong,
      "ACCOUNT_LOCKED too many wrong passwords; try again later",
    ]);
  });

  it("lets no sign-in through that is under way", async () => {
    const { id, email } = await person();
    const locking = service.admin.lockUser({ id }, admin);
    const signingIn = Array.from({ length: 6 }, () => service.users.login({ email, password }));
    const [done, ...outcomes] = await Promise.allSettled([locking, ...signingIn]);
    assert.equal(done?.status, "fulfilled");
    const sessions = outcomes.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
    for (const { accessToken, refreshToken } of sessions) {
      await assert.rejects(service.users.getMe({}, { token: accessToken }), {
        reason: "REVOKED_TOKEN",
      });
      await assert.rejects(service.users.refresh({ refreshToken }), { reason: "REVOKED_TOKEN" });
    }
  });
});
