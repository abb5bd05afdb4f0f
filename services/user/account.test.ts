import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { type StartedUsers, startUsers } from "./testing.ts";

describe("an account", () => {
  let service: StartedUsers;
  before(async () => {
    service = await startUsers();
  });
  after(() => service.stop());

  it("changes by its mask, once, and says so", async () => {
    const { user, as } = await service.person();
    assert.ok(user);
    const changes = { user: { fullName: "Another Name" }, updateMask: ["full_name"] };
    const changed = (await service.users.updateMe(changes, as)).user;
    assert.ok(changed?.updateTime && user.updateTime && changed.updateTime > user.updateTime);
    const { updateTime } = changed;
    assert.deepEqual(changed, { ...user, fullName: "Another Name", updateTime, etag: "2" });
    assert.deepEqual((await service.users.updateMe(changes, as)).user, changed);
    assert.deepEqual((await service.users.getMe({}, as)).user, changed);

    const { rows } = await service.db.query(
      `select type, payload from outbox
        where key = $1 and type ~ '(Registered|Updated)$' order by id`,
      [user.id],
    );
    assert.deepEqual(
      rows.map(({ type, payload }) => [type, JSON.parse(payload).sequence]),
      [
        ["tradepost.user.v1.UserRegistered", "1"],
        ["tradepost.user.v1.UserUpdated", "2"],
      ],
    );
  });

  it("without a mask changes what is set, with an empty one nothing", async () => {
    const { user, as } = await service.person();
    const { updateMe } = service.users;
    const nothing = { user: { fullName: "Unseen" }, updateMask: [] };
    assert.equal((await updateMe(nothing, as)).user?.fullName, user?.fullName);
    assert.equal((await updateMe({ user: {} }, as)).user?.etag, "1");
    assert.equal((await updateMe({ user: { fullName: "Set" } }, as)).user?.fullName, "Set");
  });

  it("keeps its name and what nobody may change", async () => {
    const { as } = await service.person();
    const cases = [
      [{ user: {}, updateMask: ["full_name"] }, "user.fullName"],
      [{ user: { fullName: "A\u0007B" } }, "user.fullName"],
      [{ user: { fullName: "Ok" }, updateMask: ["roles"] }, "updateMask"],
      [{}, "user"],
    ] as const;
    for (const [request, field] of cases) {
      const fault = await service.users
        .updateMe(
          { ...request, updateMask: "updateMask" in request ? [...request.updateMask] : undefined },
          as,
        )
        .catch((error) => error);
      assert.deepEqual([fault.reason, fault.violations?.[0]?.field], ["INVALID_FIELD", field]);
    }
  });

  it("changes only if it is as it was read", async () => {
    const { as } = await service.person();
    const change = (fullName: string, etag: string) =>
      service.users.updateMe({ user: { fullName }, etag }, as);
    await assert.rejects(change("First", "7"), { reason: "STALE_ETAG" });
    const both = await Promise.allSettled([change("First", "1"), change("Second", "1")]);
    assert.deepEqual(both.map(({ status }) => status).sort(), ["fulfilled", "rejected"]);
    assert.equal((await change("Third", "*")).user?.etag, "3");
  });

  it("shows its public part to whoever is signed in", async () => {
    const { user } = await service.person();
    const { as } = await service.person();
    assert.ok(user);
    const { profile } = await service.users.getProfile({ id: user.id }, as);
    const { id, fullName, createTime, updateTime, etag } = user;
    assert.deepEqual(profile, { id, fullName, createTime, updateTime, etag });
    await assert.rejects(service.users.getProfile({ id: user.id }), {
      reason: "MISSING_CREDENTIALS",
    });
    await assert.rejects(service.users.getProfile({ id: "nobody" }, as), {
      reason: "USER_NOT_FOUND",
    });
  });
});
