import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import type { As } from "#kit/testing.ts";
import { password, type StartedUsers, startUsers } from "./testing.ts";
import { eventsOf, mailed } from "./testing-mails.ts";

const newPassword = "amber-lantern-47";

describe("a password that its person changes", function () {
  this.timeout(30_000);
  let service: StartedUsers;
  before(async () => {
    service = await startUsers();
  });
  after(() => service.stop());

  const change = (as: As, currentPassword = password, chosen = newPassword) =>
    service.credentials.changePassword({ currentPassword, newPassword: chosen }, as);

  it("ends all other sessions, and leaves this one and other people's", async () => {
    const { email, as, refreshToken, user } = await service.person();
    const other = await service.users.login({ email, password });
    const stranger = await service.person();
    await change(as);
    await assert.rejects(service.users.getMe({}, { token: other.accessToken }), {
      reason: "REVOKED_TOKEN",
    });
    await assert.rejects(service.users.refresh({ refreshToken: other.refreshToken }), {
      reason: "REVOKED_TOKEN",
    });
    await service.users.getMe({}, as);
    await service.users.refresh({ refreshToken });
    await service.users.getMe({}, stranger.as);
    await assert.rejects(service.users.login({ email, password }), { reason: "WRONG_PASSWORD" });
    assert.ok((await service.users.login({ email, password: newPassword })).accessToken);
    const events = await eventsOf(service, user?.id ?? "", "PasswordChanged");
    assert.deepEqual(
      events.map(({ payload }) => JSON.parse(payload)),
      [{ userId: user?.id, email, fullName: user?.fullName, sequence: "1", passwordChanged: {} }],
    );
  });

  it("makes the mails of a forgotten one useless", async () => {
    const { email, as, user } = await service.person();
    await service.credentials.forgotPassword({ email });
    const { token } = await mailed(service, user?.id ?? "", "PasswordResetRequested");
    await change(as);
    const reset = service.credentials.resetPassword({ token, newPassword: "copper-meadow-18" });
    await assert.rejects(reset, { reason: "INVALID_TOKEN" });
  });

  it("must be known, and another one that nobody would guess", async () => {
    const { as, email } = await service.person();
    await assert.rejects(change(as, "not the password"), { reason: "WRONG_PASSWORD" });
    const cases = [
      [password, "password.same"],
      ["qwertyuiop123", "password.common"],
      [email, "password.common"],
      ["short", "string.min_len"],
    ] as const;
    for (const [chosen, rule] of cases) {
      const fault = await change(as, password, chosen).catch((error) => error);
      assert.deepEqual(
        [fault.reason, fault.violations?.[0]?.field, fault.violations?.[0]?.rule],
        ["INVALID_FIELD", "newPassword", rule],
      );
    }
    await assert.rejects(service.credentials.changePassword({}), {
      reason: "MISSING_CREDENTIALS",
    });
  });

  it("is tried five times in a while, however many try side by side", async () => {
    const { as, email } = await service.person();
    const tries = Array.from({ length: 9 }, () => change(as, "not the password"));
    const reasons = (await Promise.allSettled(tries)).map((one) =>
      one.status === "rejected" ? one.reason.reason : "OK",
    );
    assert.deepEqual(reasons.sort(), [
      ...Array.from({ length: 4 }, () => "RATE_LIMITED"),
      ...Array.from({ length: 5 }, () => "WRONG_PASSWORD"),
    ]);
    await assert.rejects(change(as), { reason: "RATE_LIMITED" });
    assert.ok((await service.users.login({ email, password })).accessToken);
  });

  it("may be changed on and on", async () => {
    const { as } = await service.person();
    let current = password;
    for (let count = 0; count < 6; count++) {
      await change(as, current, `${newPassword}-${count}`);
      current = `${newPassword}-${count}`;
    }
  });

  it("is kept in no trace of a request, whatever key it carries", async () => {
    const { as } = await service.person();
    await change({ ...as, idempotencyKey: "change-once" });
    await assert.rejects(change({ ...as, idempotencyKey: "change-once" }), {
      reason: "WRONG_PASSWORD",
    });
    const { rowCount } = await service.db.query(
      "select from idempotency_keys where key = 'change-once'",
    );
    assert.equal(rowCount, 0);
  });
});
