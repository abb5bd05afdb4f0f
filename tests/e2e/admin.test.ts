import assert from "node:assert/strict";
import { before, describe, it } from "mocha";
import type { Mesh } from "../../infra/dev/mesh.ts";
import { theMesh } from "./mesh.ts";
import { aPerson } from "./people.ts";
import { eventually, type Rest } from "./rest.ts";
import { rowsOf } from "./rows.ts";

describe("administrators over HTTP", function () {
  this.timeout(60_000);
  let mesh: Mesh;
  let api: Rest;
  let admin: Rest;
  before(async () => {
    ({ mesh, api } = await theMesh());
    admin = await api.as("admin@tradepost.dev");
  });

  const patchRoles = (who: Rest, id: string, roles: string[], reason = "") =>
    who.send("PATCH", `/api/v1/admin/users/${id}/roles`, {
      body: JSON.stringify({ roles, reason }),
      headers: { "content-type": "application/json" },
    });

  it("give a role and take it away, at once on other services too", async () => {
    const { id, email, password, signedIn } = await aPerson(api);
    const summary = (who: Rest) => who.get("/api/v1/payments/ledger");
    assert.equal((await summary(signedIn)).status, 403);
    const given = await patchRoles(admin, id, ["ADMIN", "CUSTOMER"], "joins");
    assert.deepEqual([given.status, given.body.roles], [200, ["ADMIN", "CUSTOMER"]]);
    const promoted = await api.as(email, password);
    const allowed = await eventually(
      () => promoted.get("/api/v1/admin/dead-letters"),
      ({ status }) => status === 200,
      2_000,
    );
    assert.equal(allowed.status, 200);

    assert.equal((await patchRoles(admin, id, ["CUSTOMER"], "leaves")).status, 200);
    const refused = await eventually(
      () => promoted.get("/api/v1/admin/dead-letters/payment_1"),
      ({ status }) => status === 401,
      1_000,
    );
    assert.equal(refused.body.reason, "REVOKED_TOKEN");
    const demoted = await api.as(email, password);
    assert.equal((await demoted.get("/api/v1/admin/dead-letters")).status, 403);
    const acts = await rowsOf<{ act: string; reason: string; address: string }>(
      mesh,
      "user",
      "select act, reason, address from audit where target = $1 order by sequence",
      [id],
    );
    assert.deepEqual(acts, [
      { act: "user.roles", reason: "joins", address: "127.0.0.1" },
      { act: "user.roles", reason: "leaves", address: "127.0.0.1" },
    ]);
  });

  it("lock an account and unlock it", async () => {
    const { id, email, password, signedIn } = await aPerson(api);
    const locked = await admin.post(`/api/v1/admin/users/${id}:lock`, { reason: "fraud" });
    assert.equal(locked.status, 200, locked.text);
    assert.ok(locked.body.lockTime);
    const orders = () => signedIn.get("/api/v1/orders");
    await eventually(orders, ({ status }) => status === 401, 1_000);
    const login = () => api.post("/api/v1/auth/login", { email, password });
    const refused = await login();
    assert.deepEqual([refused.status, refused.body.reason], [403, "ACCOUNT_LOCKED"]);
    const listed = await admin.get(`/api/v1/admin/users?email=${email}`);
    assert.deepEqual(listed.body.users, [locked.body]);
    assert.equal((await admin.post(`/api/v1/admin/users/${id}:unlock`)).status, 200);
    const again = await login();
    assert.equal(again.status, 200);
    const own = await admin.post("/api/v1/admin/users/user-admin:lock");
    assert.deepEqual([own.status, own.body.reason], [409, "OWN_ACCOUNT"]);
    assert.equal((await signedIn.post(`/api/v1/admin/users/${id}:lock`)).status, 401);
  });
});
