import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { theMesh } from "./mesh.ts";
import { eventually, printedOrder } from "./rest.ts";

describe("an API key", function () {
  this.timeout(60_000);

  it("calls for its person as far as its scopes go, until it is deleted", async () => {
    const { api } = await theMesh();
    const demo = await api.as("demo@tradepost.dev");
    const asked = { name: "e2e", scopes: ["orders:read"] };
    const made = await demo.post("/api/v1/api-keys", asked, { "idempotency-key": "api-key-e2e" });
    assert.equal(made.status, 201, made.text);
    const { id, key } = made.body;
    assert.equal(made.headers.get("location"), `/api/v1/api-keys/${id}`);
    const second = await demo.post("/api/v1/api-keys", asked, { "idempotency-key": "api-key-e2e" });
    assert.notEqual(second.body.id, id, "what is shown once is not kept to be shown again");
    assert.equal((await demo.send("DELETE", `/api/v1/api-keys/${second.body.id}`)).status, 204);

    const byKey = { "x-api-key": key };
    const orders = () => api.get("/api/v1/orders", byKey);
    const read = await orders();
    assert.equal(read.status, 200, read.text);
    assert.ok(read.body.orders.every(({ userId }: { userId: string }) => userId === "user-123"));
    const written = await api.post("/api/v1/orders", printedOrder, byKey);
    assert.deepEqual([written.status, written.body.reason], [403, "ROLE_REQUIRED"]);
    for (const path of ["/api/v1/users/me", "/api/v1/api-keys", "/api/v1/users/me/sessions"]) {
      assert.equal((await api.get(path, byKey)).status, 403);
    }
    const wrong = await api.get("/api/v1/orders", { "x-api-key": `${key}x` });
    assert.deepEqual([wrong.status, wrong.body.reason], [401, "INVALID_TOKEN"]);
    assert.equal(wrong.headers.get("www-authenticate"), "Bearer");
    // Who shows a token is asked for no key.
    assert.equal((await demo.get("/api/v1/orders", { "x-api-key": "nonsense" })).status, 200);
    assert.equal((await api.get("/api/v1/products", { "x-api-key": "nonsense" })).status, 200);

    const listed = await demo.get("/api/v1/api-keys?pageSize=1");
    assert.equal(listed.body.apiKeys[0].id, id);
    assert.ok(listed.body.apiKeys[0].lastUseTime && !listed.text.includes(key));
    assert.equal((await demo.send("DELETE", `/api/v1/api-keys/${id}`)).status, 204);
    const refused = await eventually(orders, ({ status }) => status === 401, 1_000);
    assert.match(refused.body.reason, /^(REVOKED|INVALID)_TOKEN$/);
    assert.equal((await orders()).body.reason, "INVALID_TOKEN");
  });
});
