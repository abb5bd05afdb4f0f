import assert from "node:assert/strict";
import { before, describe, it } from "mocha";
import type { Mesh } from "../../infra/dev/mesh.ts";
import { theMesh } from "./mesh.ts";
import { eventually, printedOrder, type Rest } from "./rest.ts";

describe("a paid order", function () {
  this.timeout(90_000);
  let mesh: Mesh;
  let api: Rest;
  let demo: Rest;
  let admin: Rest;
  before(async () => {
    ({ mesh, api } = await theMesh());
    demo = await api.as("demo@tradepost.dev");
    admin = await api.as("admin@tradepost.dev");
  });

  const unique = () => `e2e-${process.hrtime.bigint()}`;

  it("is placed by the printed body, told to its buyer, mailed and counted", async () => {
    const placed = await demo.post("/api/v1/orders", printedOrder);
    assert.equal(placed.status, 201, placed.text);
    const order = placed.body;
    assert.equal(order.status, "CONFIRMED");
    assert.equal(order.userId, "user-123");
    assert.equal(placed.headers.get("location"), `/api/v1/orders/${order.id}`);
    assert.equal(placed.headers.get("etag"), `"${order.etag}"`);
    assert.match(order.total.amount, /^\d+$/);
    const sum = ["subtotal", "discounts", "shipping", "tax"].reduce(
      (total, part) => total + BigInt(order[part].amount),
      0n,
    );
    assert.equal(BigInt(order.total.amount), sum);

    const told = await eventually(
      () => demo.get("/api/v1/notifications"),
      ({ body }) =>
        body.notifications.some(
          (one: { orderId?: string; kind: string }) =>
            one.orderId === order.id && one.kind === "ORDER_CONFIRMED",
        ),
    );
    assert.equal(told.status, 200);
    await eventually(
      async () => await (await fetch(`${mesh.mail.url}/mails?to=demo@tradepost.dev`)).text(),
      (mails) => mails.includes("Your order is confirmed"),
      20_000,
    );
    await eventually(
      () => admin.get("/api/v1/analytics/windows?currency=USD"),
      ({ body }) =>
        body.windows.some(
          (one: { orders: number; revenue: { amount: string } }) =>
            one.orders > 0 && BigInt(one.revenue.amount) > 0n,
        ),
    );
  });

  it("shows its history, its payment, and the next read shows the write", async () => {
    const { body: order } = await demo.post("/api/v1/orders", printedOrder);
    const { body: again } = await demo.get(`/api/v1/orders/${order.id}`);
    assert.deepEqual(again, order);
    const { body } = await demo.get(`/api/v1/orders/${order.id}/history`);
    assert.deepEqual(
      body.history.map(({ status }: { status: string }) => status),
      ["PENDING", "CONFIRMED"],
    );
    const { body: paid } = await demo.get(`/api/v1/orders/${order.id}/payments`);
    assert.equal(paid.payments.length, 1);
    assert.equal(paid.payments[0].status, "SUCCEEDED");
    assert.deepEqual(paid.payments[0].amount, order.total);
  });

  it("is refused with the decline, and exists as REJECTED", async () => {
    const declined = { ...printedOrder, payment_method: "pm_card_visa_chargeDeclined" };
    const { status, body, headers } = await demo.post("/api/v1/orders", declined);
    assert.equal(status, 402);
    assert.match(headers.get("content-type") ?? "", /application\/problem\+json/);
    assert.equal(body.reason, "PAYMENT_DECLINED");
    const { body: order } = await demo.get(`/api/v1/orders/${body.metadata.orderId}`);
    assert.equal(order.status, "REJECTED");
    assert.equal(order.rejection.reason, "PAYMENT_DECLINED");
  });

  it("is refused when the stock does not suffice, or the product is not there", async () => {
    const of = (product_id: string) => ({ ...printedOrder, items: [{ product_id, quantity: 2 }] });
    const short = await demo.post("/api/v1/orders", of("prod-199"));
    assert.equal(short.status, 409);
    assert.equal(short.body.reason, "OUT_OF_STOCK");
    assert.equal(short.body.metadata.productId, "prod-199");
    const unknown = await demo.post("/api/v1/orders", of("prod-999"));
    assert.equal(unknown.status, 404);
    assert.equal(unknown.body.reason, "PRODUCT_NOT_FOUND");
  });

  it("is the first order again, byte for byte, when its key comes again", async () => {
    const key = { "idempotency-key": unique() };
    const first = await demo.post("/api/v1/orders", printedOrder, key);
    const second = await demo.post("/api/v1/orders", printedOrder, key);
    assert.equal(first.status, 201, first.text);
    assert.equal(second.text, first.text);
    assert.equal(second.status, 201);
    assert.equal(second.headers.get("idempotent-replayed"), "true");
    const other = { ...printedOrder, items: [{ product_id: "prod-001", quantity: 3 }] };
    const reused = await demo.post("/api/v1/orders", other, key);
    assert.equal(reused.status, 422);
    assert.equal(reused.body.reason, "IDEMPOTENCY_KEY_REUSED");
  });

  it("can be cancelled once: the money goes back, and the stock", async () => {
    const stock = async () => (await api.get("/api/v1/products/prod-007")).body.stock as number;
    const before = await stock();
    const items = [{ product_id: "prod-007", quantity: 3 }];
    const { body: order } = await demo.post("/api/v1/orders", { ...printedOrder, items });
    assert.equal(await stock(), before - 3);
    const cancelled = await demo.post(`/api/v1/orders/${order.id}:cancel`, { reason: "changed" });
    assert.equal(cancelled.status, 200, cancelled.text);
    assert.equal(cancelled.body.status, "CANCELLED");
    assert.equal(await stock(), before);
    const { body: paid } = await demo.get(`/api/v1/orders/${order.id}/payments`);
    assert.deepEqual(paid.payments[0].refunded, order.total);
    const twice = await demo.post(`/api/v1/orders/${order.id}:cancel`, {});
    assert.equal(twice.status, 409);
    assert.equal(twice.body.reason, "WRONG_ORDER_STATE");
  });

  it("can be watched", async () => {
    const { body: order } = await demo.post("/api/v1/orders", printedOrder);
    await demo.post(`/api/v1/orders/${order.id}:cancel`, {});
    const watched = await demo.get(`/api/v1/orders/${order.id}:watch`, {
      accept: "text/event-stream",
    });
    assert.match(watched.headers.get("content-type") ?? "", /text\/event-stream/);
    const data = /^data: ?(.*)$/m.exec(watched.text)?.[1] ?? "";
    assert.equal(JSON.parse(data).status, "CANCELLED");
    const id = /^id: ?(.*)$/m.exec(watched.text)?.[1] ?? "";
    const after = await demo.get(`/api/v1/orders/${order.id}:watch`, {
      accept: "text/event-stream",
      "last-event-id": id,
    });
    assert.equal(after.status, 204);
  });
});

describe("a person", function () {
  this.timeout(90_000);

  it("registers, signs in, refreshes, signs out; then the token is worth nothing anywhere", async () => {
    const { api } = await theMesh();
    const email = `e2e-${Date.now()}@example.com`;
    const person = { email, password: "a quite long password", fullName: "Ada" };
    const registered = await api.post("/api/v1/auth/register", person);
    assert.equal(registered.status, 201, registered.text);
    assert.equal((await api.post("/api/v1/auth/register", person)).body.reason, "EMAIL_TAKEN");
    const { body: first } = await api.post("/api/v1/auth/login", {
      email,
      password: person.password,
    });
    const refresh = { refreshToken: first.refreshToken };
    const { body: second } = await api.post("/api/v1/auth/refresh", refresh);
    const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
    const me = await api.get("/api/v1/users/me", bearer(second.accessToken));
    assert.equal(me.body.email, email);
    const out = await api.post("/api/v1/auth/logout", {}, bearer(second.accessToken));
    assert.equal(out.status, 200, out.text);
    await eventually(
      () => api.get("/api/v1/orders", bearer(second.accessToken)),
      ({ status, body }) => status === 401 && body.reason === "REVOKED_TOKEN",
    );
    const again = await api.post("/api/v1/auth/refresh", { refreshToken: second.refreshToken });
    assert.equal(again.status, 401);
  });
});
