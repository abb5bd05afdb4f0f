import assert from "node:assert/strict";
import { decodeJwt } from "jose";
import { after, before, describe, it } from "mocha";
import { Role } from "#gen/tradepost/policy/v1/policy.ts";
import type { As } from "#kit/testing.ts";
import { demoPassword } from "./seed.ts";
import { type StartedUsers, startUsers } from "./testing.ts";

describe("administrators", () => {
  let service: StartedUsers;
  let admin: As;
  before(async () => {
    service = await startUsers({ seed: true });
    const login = { email: "admin@tradepost.dev", password: demoPassword };
    const { accessToken } = await service.users.login(login);
    admin = { token: accessToken, headers: { "x-client-address": "203.0.113.7" } };
  });
  after(() => service.stop());

  async function person() {
    const session = await service.person();
    return { ...session, id: session.user?.id ?? "" };
  }
  const setRoles = (id: string, roles: Role[], more: object = {}) =>
    service.admin.setUserRoles({ id, roles, ...more }, admin);
  const trail = async (target: string) => {
    const { rows } = await service.db.query(
      `select actor, act, reason, address, before, after from audit
        where target = $1 order by sequence`,
      [target],
    );
    return rows;
  };

  it("give roles, of which a token from before says nothing right, on every service", async () => {
    const { id, as, refreshToken } = await person();
    const heard = service.client({ service: "order" }).watchRevocations({}, { timeoutMs: 10_000 });
    const messages = heard[Symbol.asyncIterator]();
    await messages.next();
    const { user } = await setRoles(id, [Role.MERCHANT, Role.CUSTOMER], { reason: "sells" });
    assert.deepEqual([user?.roles, user?.etag], [[Role.MERCHANT, Role.CUSTOMER], "2"]);

    await assert.rejects(service.users.getMe({}, as), { reason: "REVOKED_TOKEN" });
    const { accessToken } = await service.users.refresh({ refreshToken });
    assert.deepEqual(decodeJwt(accessToken).roles, ["MERCHANT", "CUSTOMER"]);
    assert.equal((await service.users.getMe({}, { token: accessToken })).user?.id, id);
    await service.users.verifyToken({ accessToken });
    let revocation = (await messages.next()).value?.revocations[0];
    while (revocation?.userId !== id) {
      revocation = (await messages.next()).value?.revocations[0];
    }
    await messages.return?.();
    assert.equal(revocation.sessionId, "");
    assert.ok(
      revocation.issuedBefore &&
        +revocation.issuedBefore <= (decodeJwt(accessToken).iat ?? 0) * 1_000,
    );
    assert.deepEqual(await trail(id), [
      {
        actor: "user-admin",
        act: "user.roles",
        reason: "sells",
        address: "203.0.113.7",
        before: { roles: ["CUSTOMER"], isLocked: false },
        after: { roles: ["MERCHANT", "CUSTOMER"], isLocked: false },
      },
    ]);
  });

  it("take roles away again, and a token that is had right then says so", async () => {
    const { id, refreshToken } = await person();
    await setRoles(id, [Role.ADMIN]);
    const promoted = await service.users.refresh({ refreshToken });
    const asAdmin = { token: promoted.accessToken };
    assert.ok((await service.admin.listUsers({}, asAdmin)).users.length > 0);
    await setRoles(id, [Role.CUSTOMER]);
    await assert.rejects(service.admin.listUsers({}, asAdmin), { reason: "REVOKED_TOKEN" });
    const { accessToken } = await service.users.refresh({ refreshToken: promoted.refreshToken });
    await assert.rejects(service.admin.listUsers({}, { token: accessToken }), {
      reason: "ROLE_REQUIRED",
    });
  });

  it("change nothing by the same roles, and note nothing", async () => {
    const { id, as } = await person();
    const { user } = await setRoles(id, [Role.CUSTOMER]);
    assert.equal(user?.etag, "1");
    await service.users.getMe({}, as);
    assert.deepEqual(await trail(id), []);
    await assert.rejects(setRoles(id, [Role.ADMIN], { etag: "7" }), { reason: "STALE_ETAG" });
  });

  it("do it once for one idempotency key", async () => {
    const { id } = await person();
    const once = { ...admin, idempotencyKey: "lock-once" };
    const first = await service.admin.lockUser({ id }, once);
    await service.admin.unlockUser({ id }, admin);
    assert.deepEqual(await service.admin.lockUser({ id }, once), first);
    assert.equal((await trail(id)).length, 2);
  });

  it("take no right from the account that they call with", async () => {
    const id = "user-admin";
    for (const ask of [
      () => setRoles(id, [Role.CUSTOMER]),
      () => service.admin.lockUser({ id }, admin),
    ]) {
      await assert.rejects(ask(), { reason: "OWN_ACCOUNT" });
    }
  });

  it("see all accounts, the newest first, page by page, or the one of an address", async () => {
    const { email, id } = await person();
    const { users, nextPageToken } = await service.admin.listUsers({ pageSize: 2 }, admin);
    assert.equal(users[0]?.id, id);
    const seen = users.map((user) => user.id);
    for (let pageToken = nextPageToken; pageToken !== undefined; ) {
      const page = await service.admin.listUsers({ pageSize: 2, pageToken }, admin);
      seen.push(...page.users.map((user) => user.id));
      pageToken = page.nextPageToken;
    }
    const { rows } = await service.db.query("select count(*)::int as count from users");
    assert.deepEqual([seen.length, new Set(seen).size], [rows[0].count, rows[0].count]);
    const found = await service.admin.listUsers({ email: email.toUpperCase() }, admin);
    assert.deepEqual(
      found.users.map((user) => [user.id, user.email]),
      [[id, email]],
    );
  });

  it("are the only ones who may, and name who and what there is", async () => {
    const { id, as } = await person();
    const asked = [
      (who: As) => service.admin.listUsers({}, who),
      (who: As) => service.admin.setUserRoles({ id, roles: [Role.ADMIN] }, who),
      (who: As) => service.admin.lockUser({ id }, who),
      (who: As) => service.admin.unlockUser({ id }, who),
    ];
    for (const ask of asked) {
      await assert.rejects(ask(as), { reason: "ROLE_REQUIRED" });
      await assert.rejects(ask({}), { reason: "MISSING_CREDENTIALS" });
    }
    await assert.rejects(service.admin.lockUser({ id: "nobody" }, admin), {
      reason: "USER_NOT_FOUND",
    });
    for (const roles of [[], [0 as Role], [Role.ADMIN, Role.ADMIN], [9 as Role]]) {
      const fault = await setRoles(id, roles).catch((error) => error);
      assert.equal(fault.reason, "INVALID_FIELD");
      assert.match(fault.violations?.[0]?.field, /^roles/);
    }
  });
});
