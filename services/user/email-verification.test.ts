import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { type StartedUsers, startUsers } from "./testing.ts";
import { eventsOf, mailed } from "./testing-mails.ts";

describe("an e-mail address", function () {
  this.timeout(30_000);
  let service: StartedUsers;
  before(async () => {
    service = await startUsers();
  });
  after(() => service.stop());

  const verify = (token: string) => service.credentials.verifyEmail({ token });
  const kind = "EmailVerificationRequested";

  it("is its person's once the token of the mail comes back, and the mail is asked for at once", async () => {
    const { user, as } = await service.person();
    assert.equal(user?.emailVerified, false);
    const { token, expireTime } = await mailed(service, user.id, kind);
    assert.ok(+expireTime > Date.now() + 2 * 86_400_000);
    await verify(token);
    const { user: now } = await service.users.getMe({}, as);
    assert.deepEqual([now?.emailVerified, now?.etag], [true, "2"]);
    await assert.rejects(verify(token), { reason: "INVALID_TOKEN" });
  });

  it("is told of with the state of its person, and without the token", async () => {
    const { user, email } = await service.person();
    const { token, eventId } = await mailed(service, user?.id ?? "", kind);
    const events = await eventsOf(service, user?.id ?? "", kind);
    assert.deepEqual(
      events.map(({ event_id, payload }) => [event_id, JSON.parse(payload)]),
      [
        [
          eventId,
          {
            userId: user?.id,
            email,
            fullName: user?.fullName,
            sequence: "1",
            emailVerificationRequested: {},
          },
        ],
      ],
    );
    const { rows } = await service.db.query(
      `select (select json_agg(t)::text from mail_tokens t)
              || (select json_agg(r)::text from mail_requests r)
              || (select json_agg(o)::text from outbox o) as text`,
    );
    const forms = [
      token,
      Buffer.from(token).toString("hex"),
      Buffer.from(token).toString("base64"),
    ];
    assert.ok(forms.every((form) => !rows[0].text.includes(form)));
  });

  it("is shown by any of the mails for it, and then by none", async () => {
    const { user, as } = await service.person();
    const id = user?.id ?? "";
    const first = await mailed(service, id, kind);
    await service.credentials.verifyEmail({}, as);
    const second = await mailed(service, id, kind, 2);
    const again = await service.credentials.issueMailToken(
      { eventId: first.eventId },
      { service: "notification" },
    );
    assert.equal(new Set([first.token, second.token, again.token]).size, 3);
    await verify(again.token ?? "");
    for (const token of [first.token, second.token]) {
      await assert.rejects(verify(token), { reason: "INVALID_TOKEN" });
    }
    const late = await service.credentials.issueMailToken(
      { eventId: second.eventId },
      { service: "notification" },
    );
    assert.deepEqual(late, { token: undefined, expireTime: undefined });
    await service.credentials.verifyEmail({}, as);
    const { rowCount } = await service.db.query(
      "select from mail_requests where user_id = $1 and used_time is null",
      [id],
    );
    assert.equal(rowCount, 0, "nothing is left to show");
  });

  it("is shown once by a token that comes twenty times at once", async () => {
    const { user } = await service.person();
    const { token } = await mailed(service, user?.id ?? "", kind);
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => verify(token)));
    assert.equal(outcomes.filter(({ status }) => status === "fulfilled").length, 1);
  });

  it("is not shown by a token that has expired, is made up, or is for something else", async () => {
    const { user, email } = await service.person();
    const id = user?.id ?? "";
    const { token } = await mailed(service, id, kind);
    await service.credentials.forgotPassword({ email });
    const reset = await mailed(service, id, "PasswordResetRequested");
    for (const wrong of ["made-up", reset.token]) {
      await assert.rejects(verify(wrong), { reason: "INVALID_TOKEN" });
    }
    await service.db.query(
      `update mail_tokens set expire_time = now()
        where request_id in (select id from mail_requests where user_id = $1)`,
      [id],
    );
    await assert.rejects(verify(token), { reason: "EXPIRED_TOKEN" });
  });

  it("is mailed about again for who is signed in, five times in a while", async () => {
    await assert.rejects(service.credentials.verifyEmail({}), { reason: "MISSING_CREDENTIALS" });
    const { as } = await service.person();
    for (let count = 0; count < 5; count++) {
      await service.credentials.verifyEmail({}, as);
    }
    const refused = await service.credentials.verifyEmail({}, as).catch((error) => error);
    assert.equal(refused.reason, "RATE_LIMITED");
    assert.ok(refused.retryAfterMs > 14 * 60_000);
  });

  it("has tokens that only the notification service gets", async () => {
    const { user, as } = await service.person();
    const { eventId } = await mailed(service, user?.id ?? "", kind);
    for (const who of [as, {}, { service: "order" }, { ...as, service: "order" }]) {
      await assert.rejects(service.credentials.issueMailToken({ eventId }, who), {
        reason: /ROLE_REQUIRED|MISSING_CREDENTIALS/,
      });
    }
    for (const unknown of ["no-uuid", "01930000-0000-7000-8000-000000000000"]) {
      const answer = await service.credentials.issueMailToken(
        { eventId: unknown },
        { service: "notification" },
      );
      assert.equal(answer.token, undefined);
    }
  });
});
