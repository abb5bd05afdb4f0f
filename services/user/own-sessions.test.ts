import assert from "node:assert/strict";
import { decodeJwt } from "jose";
import { after, before, describe, it } from "mocha";
import type { LoginResponse } from "#gen/tradepost/user/v1/user.ts";
import { password, type StartedUsers, startUsers } from "./testing.ts";

describe("the sessions of a person", () => {
  let service: StartedUsers;
  before(async () => {
    service = await startUsers();
  });
  after(() => service.stop());

  const from = (device: string, address: string) => ({
    headers: { "x-client-agent": device, "x-client-address": address },
  });
  const idOf = ({ accessToken }: Pick<LoginResponse, "accessToken">) =>
    String(decodeJwt(accessToken).sid);
  const list = async (token: string) =>
    (await service.sessions.listSessions({}, { token })).sessions;

  /** Somebody who is signed in on a telephone too. */
  async function twice() {
    const laptop = await service.person();
    const { email } = laptop;
    const phone = await service.users.login({ email, password }, from("Phone/1.0", "2001:db8::7"));
    return { laptop, phone };
  }

  it("show where it is signed in, the newest first, and which one asks", async () => {
    const { laptop, phone } = await twice();
    await service.person();
    const sessions = await list(laptop.accessToken);
    assert.deepEqual(
      sessions.map(({ id, device, address, current }) => ({ id, device, address, current })),
      [
        { id: idOf(phone), device: "Phone/1.0", address: "2001:db8::7", current: false },
        { id: idOf(laptop), device: "", address: "", current: true },
      ],
    );
    for (const { createTime, updateTime, lastUseTime, expireTime, etag } of sessions) {
      assert.ok(createTime && expireTime);
      assert.deepEqual([lastUseTime, updateTime], [createTime, createTime]);
      assert.equal(etag, String(+createTime));
      assert.equal(+expireTime - +createTime, 30 * 86_400_000);
    }
  });

  it("show where and when they were refreshed last", async () => {
    const { laptop, phone } = await twice();
    const [before] = await list(laptop.accessToken);
    const { refreshToken } = phone;
    await service.users.refresh({ refreshToken }, from("Phone/2.0", "2001:db8::8"));
    const [now] = await list(laptop.accessToken);
    assert.ok(now?.lastUseTime && before?.lastUseTime && now.lastUseTime > before.lastUseTime);
    const { lastUseTime, updateTime, etag } = now;
    assert.deepEqual(now, {
      ...before,
      device: "Phone/2.0",
      address: "2001:db8::8",
      lastUseTime,
      updateTime,
      etag,
    });
    assert.notEqual(etag, before.etag);
  });

  it("come page by page", async () => {
    const { laptop } = await twice();
    const token = laptop.accessToken;
    const all = await list(token);
    const first = await service.sessions.listSessions({ pageSize: 1 }, { token });
    const { nextPageToken: pageToken = "" } = first;
    const rest = await service.sessions.listSessions({ pageSize: 1, pageToken }, { token });
    assert.deepEqual([...first.sessions, ...rest.sessions], all);
    assert.equal(rest.nextPageToken, undefined);
    const { as: stranger } = await service.person();
    await assert.rejects(service.sessions.listSessions({ pageToken }, stranger), {
      reason: "INVALID_PAGE_TOKEN",
    });
  });

  it("end where it is asked for: both tokens stop working, the other session's do not", async () => {
    const { laptop, phone } = await twice();
    await service.users.getMe({}, { token: phone.accessToken });
    await service.sessions.endSession({ id: idOf(phone) }, laptop.as);
    await assert.rejects(service.users.getMe({}, { token: phone.accessToken }), {
      reason: "REVOKED_TOKEN",
    });
    await assert.rejects(service.users.refresh({ refreshToken: phone.refreshToken }), {
      reason: "REVOKED_TOKEN",
    });
    // Asked of the database, which is what other replicas hear of.
    await assert.rejects(service.users.verifyToken({ accessToken: phone.accessToken }), {
      reason: "REVOKED_TOKEN",
    });
    const left = await list(laptop.accessToken);
    assert.deepEqual(
      left.map(({ id }) => id),
      [idOf(laptop)],
    );
    assert.ok((await service.users.refresh({ refreshToken: laptop.refreshToken })).accessToken);
    await assert.rejects(service.sessions.endSession({ id: idOf(phone) }, laptop.as), {
      reason: "SESSION_NOT_FOUND",
    });
  });

  it("may end the one that asks", async () => {
    const { as, ...session } = await service.person();
    await service.sessions.endSession({ id: idOf(session) }, as);
    await assert.rejects(service.sessions.listSessions({}, as), { reason: "REVOKED_TOKEN" });
  });

  it("are nobody else's to end", async () => {
    const { laptop } = await twice();
    const { as: stranger } = await service.person();
    await assert.rejects(service.sessions.endSession({ id: idOf(laptop) }, stranger), {
      reason: "SESSION_NOT_FOUND",
    });
    await service.users.getMe({}, laptop.as);
    await assert.rejects(service.sessions.listSessions({}), { reason: "MISSING_CREDENTIALS" });
  });

  it("end only as they were read, if that is asked for", async () => {
    const { laptop, phone } = await twice();
    const [read] = await list(laptop.accessToken);
    const ask = { id: idOf(phone), etag: read?.etag ?? "" };
    await service.users.refresh({ refreshToken: phone.refreshToken });
    await assert.rejects(service.sessions.endSession(ask, laptop.as), { reason: "STALE_ETAG" });
    await assert.rejects(service.sessions.endSession({ ...ask, etag: "none" }, laptop.as), {
      reason: "STALE_ETAG",
    });
    await service.users.getMe({}, { token: phone.accessToken });
    await service.sessions.endSession({ ...ask, etag: "*" }, laptop.as);
    assert.equal((await list(laptop.accessToken)).length, 1);
  });

  it("are not shown when they have ended by themselves", async () => {
    const { laptop, phone } = await twice();
    await service.db.query("update sessions set expire_time = now() where id = $1", [idOf(phone)]);
    assert.equal((await list(laptop.accessToken)).length, 1);
    await assert.rejects(service.sessions.endSession({ id: idOf(phone) }, laptop.as), {
      reason: "SESSION_NOT_FOUND",
    });
  });

  it("keep no more of what a program says of itself than fits", async () => {
    const { email, accessToken } = await service.person();
    await service.users.login({ email, password }, from("x".repeat(5_000), "203.0.113.9"));
    const [newest] = await list(accessToken);
    assert.deepEqual([newest?.device.length, newest?.address], [255, "203.0.113.9"]);
  });
});
