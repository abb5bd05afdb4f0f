import assert from "node:assert/strict";
import { Writable } from "node:stream";
import { after, before, describe, it } from "mocha";
import { Role } from "#gen/tradepost/policy/v1/policy.ts";
import { Fault } from "#kit/errors.ts";
import { demoPassword } from "./seed.ts";
import { password, type StartedUsers, startUsers } from "./testing.ts";

describe("user service", () => {
  const logged: string[] = [];
  let service: StartedUsers;
  before(async () => {
    const logTo = new Writable({
      write(line, _encoding, done) {
        logged.push(String(line));
        done();
      },
    });
    service = await startUsers({ logTo, seed: true });
  });
  after(() => service.stop());

  it("tells the story of a session from its first day to its end", async () => {
    const { users } = service;
    const email = "Ada@Example.com";
    const { user } = await users.register({ email, password, fullName: "Ada Lovelace" });
    assert.ok(user);
    assert.deepEqual([user.email, user.roles, user.etag], [email, [Role.CUSTOMER], "1"]);

    const login = await users.login({ email: "ada@example.COM", password });
    assert.deepEqual(login.user, user);
    const me = await users.getMe({}, { token: login.accessToken });
    assert.deepEqual(me.user, user);

    const next = await users.refresh({ refreshToken: login.refreshToken });
    assert.deepEqual((await users.getMe({}, { token: next.accessToken })).user, user);
    await assert.rejects(users.refresh({ refreshToken: login.refreshToken }), {
      reason: "REVOKED_TOKEN",
    });
    for (const token of [login.accessToken, next.accessToken]) {
      await assert.rejects(users.getMe({}, { token }), { reason: "REVOKED_TOKEN" });
    }
    await assert.rejects(users.refresh({ refreshToken: next.refreshToken }), {
      reason: "REVOKED_TOKEN",
    });

    const again = await users.login({ email, password });
    const as = { token: again.accessToken };
    assert.deepEqual((await users.getMe({}, as)).user, user);
    await users.logout({}, as);
    await assert.rejects(users.getMe({}, as), { reason: "REVOKED_TOKEN" });
    await assert.rejects(users.logout({}, as), { reason: "REVOKED_TOKEN" });
    await assert.rejects(users.refresh({ refreshToken: again.refreshToken }), {
      reason: "REVOKED_TOKEN",
    });
    await assert.rejects(users.verifyToken({ accessToken: again.accessToken }), {
      reason: "REVOKED_TOKEN",
    });
  });

  it("opens one account for an e-mail, in whatever case", async () => {
    const { email } = await service.person();
    const second = { email: email.toUpperCase(), password, fullName: "Somebody" };
    await assert.rejects(service.users.register(second), { reason: "EMAIL_TAKEN" });
    const many = await Promise.allSettled(
      Array.from({ length: 5 }, () =>
        service.users.register({ email: "many@example.com", password, fullName: "Many" }),
      ),
    );
    assert.equal(many.filter(({ status }) => status === "fulfilled").length, 1);
  });

  it("names the fields of a registration that it refuses", async () => {
    const good = { email: "new@example.com", password, fullName: "New" };
    const cases = [
      [{ ...good, password: "short" }, "password", "string.min_len"],
      [{ ...good, password: "qwertyuiop123" }, "password", "password.common"],
      [{ ...good, password: "new@example.com" }, "password", "password.common"],
      [{ ...good, email: "new" }, "email", "string.email"],
      [{ ...good, fullName: " " }, "fullName", "name.empty"],
      [{ ...good, fullName: "New\r\nBcc: all" }, "fullName", "name.control"],
    ] as const;
    for (const [request, field, rule] of cases) {
      const fault = await service.users.register(request).catch((error) => error);
      assert.ok(fault instanceof Fault, String(fault));
      assert.equal(fault.reason, "INVALID_FIELD");
      assert.deepEqual(
        fault.violations.map((violation) => [violation.field, violation.rule]),
        [[field, rule]],
      );
    }
  });

  it("says the same of a wrong password and of an unknown e-mail", async () => {
    const { email } = await service.person();
    const told = await Promise.all(
      [email, "unknown@example.com"].map((one) =>
        service.users
          .login({ email: one, password: "not the password" })
          .catch(({ reason, message, metadata }: Fault) => ({ reason, message, metadata })),
      ),
    );
    const [known, unknown] = told;
    assert.deepEqual(known, unknown);
    assert.deepEqual(known, {
      reason: "WRONG_PASSWORD",
      message: "e-mail or password is wrong",
      metadata: {},
    });
  });

  it("locks by the address that the gateway names", async () => {
    const { email } = await service.person();
    const from = (address: string) => ({ headers: { "x-client-address": address } });
    const wrong = { email, password: "not the password" };
    for (let i = 0; i < 5; i++) {
      const attempt = service.users.login(wrong, from("198.51.100.7"));
      await assert.rejects(attempt, { reason: "WRONG_PASSWORD" });
    }
    const locked = service.users.login({ email, password }, from("198.51.100.8"));
    await assert.rejects(locked, { reason: "ACCOUNT_LOCKED" });
    assert.ok((await service.users.login({ email, password }, from("192.0.2.1"))).accessToken);
    assert.ok((await service.users.login({ email, password })).accessToken);
  });

  it("lets one of 20 parallel refreshes through, and then ends the session", async () => {
    const { refreshToken } = await service.person();
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, () => service.users.refresh({ refreshToken })),
    );
    const won = outcomes.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
    assert.equal(won.length, 1);
    const token = won[0]?.accessToken ?? "";
    await assert.rejects(service.users.getMe({}, { token }), { reason: "REVOKED_TOKEN" });
    await assert.rejects(service.users.refresh({ refreshToken: won[0]?.refreshToken ?? "" }), {
      reason: "REVOKED_TOKEN",
    });
  });

  it("has the demo accounts where it is asked for them", async () => {
    const names = ["demo", "merchant", "support", "admin"];
    const sessions = await Promise.all(
      names.map((name) =>
        service.users.login({ email: `${name}@tradepost.dev`, password: demoPassword }),
      ),
    );
    assert.deepEqual(
      sessions.map(({ user }) => [user?.id, user?.roles]),
      [
        ["user-123", [Role.CUSTOMER]],
        ["user-merchant", [Role.MERCHANT]],
        ["user-support", [Role.SUPPORT]],
        ["user-admin", [Role.ADMIN]],
      ],
    );
  });

  it("tells nobody what went wrong inside", async () => {
    const { as } = await service.person();
    await service.db.query("alter table users rename to hidden");
    const fault = await service.users.getMe({}, as).catch((error) => error);
    await service.db.query("alter table hidden rename to users");
    assert.deepEqual([fault.reason, fault.message], ["INTERNAL", "internal error"]);
    assert.match(logged.join(""), /relation \\"users\\" does not exist/);
  });

  it("writes no password and no token into logs or events", async () => {
    const { accessToken, refreshToken, user, email } = await service.person();
    await service.users.refresh({ refreshToken });
    // Behind it comes what asks for a mail, in its own time.
    const { rows } = await service.db.query(
      "select type, payload from outbox where key = $1 order by id limit 1",
      [user?.id],
    );
    assert.deepEqual(rows, [
      {
        type: "tradepost.user.v1.UserRegistered",
        payload: JSON.stringify({
          userId: user?.id,
          email,
          fullName: user?.fullName,
          sequence: "1",
          registered: {},
        }),
      },
    ]);
    const stored = await service.db.query("select json_agg(o)::text as text from outbox o");
    const text = logged.join("") + stored.rows[0].text;
    assert.ok(logged.length > 0);
    for (const secret of [password, demoPassword, accessToken, refreshToken, "argon2id"]) {
      assert.ok(!text.includes(secret));
    }
  });
});
