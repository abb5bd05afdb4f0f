import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { until } from "#kit/testing-until.ts";
import { password, type StartedUsers, startUsers } from "./testing.ts";
import { eventsOf, mailed } from "./testing-mails.ts";

const newPassword = "amber-lantern-47";
const kind = "PasswordResetRequested";

describe("a forgotten password", function () {
  this.timeout(30_000);
  let service: StartedUsers;
  before(async () => {
    service = await startUsers();
  });
  after(() => service.stop());

  const forgot = (email: string, address = "203.0.113.1") =>
    service.credentials.forgotPassword({ email }, { headers: { "x-client-address": address } });
  const reset = (token: string, chosen = newPassword) =>
    service.credentials.resetPassword({ token, newPassword: chosen });

  async function forgetful() {
    const person = await service.person();
    await forgot(person.email);
    const id = person.user?.id ?? "";
    return { ...person, id, ...(await mailed(service, id, kind)) };
  }

  it("is replaced by the token of the mail, which ends every session", async () => {
    const { email, as, refreshToken, token, id, expireTime } = await forgetful();
    const left = +expireTime - Date.now();
    assert.ok(left > 29 * 60_000 && left <= 30 * 60_000);
    await reset(token);
    await assert.rejects(service.users.getMe({}, as), { reason: "REVOKED_TOKEN" });
    await assert.rejects(service.users.refresh({ refreshToken }), { reason: "REVOKED_TOKEN" });
    await assert.rejects(service.users.login({ email, password }), { reason: "WRONG_PASSWORD" });
    assert.ok((await service.users.login({ email, password: newPassword })).accessToken);
    await assert.rejects(reset(token, "copper-meadow-18"), { reason: "INVALID_TOKEN" });
    assert.equal((await eventsOf(service, id, "PasswordChanged")).length, 1);
  });

  it("is replaced once by a token that comes ten times at once", async () => {
    const { email, token } = await forgetful();
    const chosen = Array.from({ length: 10 }, (_, at) => `${newPassword}-${at}`);
    const outcomes = await Promise.allSettled(chosen.map((one) => reset(token, one)));
    const won = chosen.filter((_, at) => outcomes[at]?.status === "fulfilled");
    assert.equal(won.length, 1);
    assert.ok((await service.users.login({ email, password: won[0] ?? "" })).accessToken);
  });

  it("is replaced by the newest token or an older one, and then by none", async () => {
    const { email, id, token } = await forgetful();
    await forgot(email);
    const newer = await mailed(service, id, kind, 2);
    await reset(token);
    await assert.rejects(reset(newer.token), { reason: "INVALID_TOKEN" });
  });

  it("is not replaced by one that anybody would guess, and the token is good on", async () => {
    const { email, token } = await forgetful();
    for (const weak of ["qwertyuiop123", email]) {
      const fault = await reset(token, weak).catch((error) => error);
      assert.deepEqual(
        [fault.reason, fault.violations?.[0]?.field, fault.violations?.[0]?.rule],
        ["INVALID_FIELD", "newPassword", "password.common"],
      );
    }
    await reset(token);
  });

  it("is not replaced by a token that has expired, is made up, or is for something else", async () => {
    const { id, token } = await forgetful();
    const verification = await mailed(service, id, "EmailVerificationRequested");
    for (const wrong of ["made-up", verification.token]) {
      await assert.rejects(reset(wrong), { reason: "INVALID_TOKEN" });
    }
    await service.db.query(
      `update mail_tokens set expire_time = now()
        where request_id in (select id from mail_requests where user_id = $1)`,
      [id],
    );
    await assert.rejects(reset(token), { reason: "EXPIRED_TOKEN" });
  });

  it("is asked about in the same words for an address that nobody has, which leads to nothing", async () => {
    const { email } = await service.person();
    const answers = [await forgot(email), await forgot("nobody@example.com")];
    assert.deepEqual(answers, [{}, {}]);
    await until(async () => {
      const { rowCount } = await service.db.query(
        "select from mail_requests where told_time is null",
      );
      return rowCount === 0;
    });
    const { rows } = await service.db.query(
      "select count(*)::int as count from mail_requests where user_id is null",
    );
    assert.equal(rows[0].count, 0);
    await assert.rejects(service.credentials.forgotPassword({ email: "no address" }), {
      reason: "INVALID_FIELD",
    });
  });

  it("is asked about five times from one address prefix, known or not, and on from elsewhere", async () => {
    const { email, user } = await service.person();
    for (const one of [email, "unknown@example.com"]) {
      const asked = Array.from({ length: 8 }, () => forgot(one, "198.51.100.7"));
      const outcomes = await Promise.allSettled(asked);
      const refused = outcomes.filter((outcome) => outcome.status === "rejected");
      assert.deepEqual(
        refused.map(({ reason }) => [reason.reason, reason.message]),
        Array.from({ length: 3 }, () => ["RATE_LIMITED", "too many attempts; try again later"]),
      );
    }
    await forgot(email, "192.0.2.1");
    // Signing in is not held up by it.
    const from = { headers: { "x-client-address": "198.51.100.7" } };
    assert.ok((await service.users.login({ email, password }, from)).accessToken);
    await until(async () => {
      const { rows } = await service.db.query(
        "select count(*)::int as untold from mail_requests where told_time is null",
      );
      return rows[0].untold === 0;
    });
    const mails = await eventsOf(service, user?.id ?? "", kind);
    assert.equal(
      mails.length,
      5,
      "wherever they are asked for, five mails in a quarter of an hour",
    );
  });

  it("does not open a session by a sign-in with the old one that is under way", async () => {
    const { email, token } = await forgetful();
    const signingIn = Array.from({ length: 6 }, () => service.users.login({ email, password }));
    const [done, ...outcomes] = await Promise.allSettled([reset(token), ...signingIn]);
    assert.equal(done?.status, "fulfilled");
    const sessions = outcomes.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
    for (const { accessToken } of sessions) {
      await assert.rejects(service.users.getMe({}, { token: accessToken }), {
        reason: "REVOKED_TOKEN",
      });
    }
  });
});
