import assert from "node:assert/strict";
import { before, describe, it } from "mocha";
import { theMesh } from "./mesh.ts";
import { type Answer, eventually, printedOrder, type Rest } from "./rest.ts";

const { shipping_address, payment_method } = printedOrder;
const delivery = { shipping_address, payment_method };

describe("a person's cart", function () {
  this.timeout(90_000);
  let api: Rest;
  before(async () => {
    ({ api } = await theMesh());
  });

  /** Somebody whose cart no other test uses. */
  async function somebody(): Promise<Rest & { email: string }> {
    const email = `cart-${process.hrtime.bigint()}@example.com`;
    const password = "a quite long password";
    const person = { email, password, fullName: "Ada" };
    const registered = await api.post("/api/v1/auth/register", person);
    assert.equal(registered.status, 201, registered.text);
    return { ...(await api.as(email, password)), email };
  }
  const put = (who: Rest, body: unknown, headers: Record<string, string> = {}) =>
    who.send("PUT", "/api/v1/cart", {
      body: JSON.stringify(body),
      headers: { "content-type": "application/json", ...headers },
    });
  const item = (product_id: string, quantity: number) => ({ product_id, quantity });

  it("is there on another device, and answers 304 while nothing has changed", async () => {
    const ada = await somebody();
    const items = [item("prod-021", 2), item("prod-022", 1), item("prod-021", 1)];
    const written = await put(ada, { items });
    assert.equal(written.status, 200, written.text);
    const phone = await api.as(ada.email, "a quite long password");
    const read = await phone.get("/api/v1/cart");
    assert.deepEqual(read.body, written.body);
    assert.deepEqual(read.body.items, [
      { productId: "prod-021", quantity: 3 },
      { productId: "prod-022", quantity: 1 },
    ]);
    assert.equal(read.headers.get("etag"), `"${read.body.etag}"`);
    const known = { "if-none-match": read.headers.get("etag") ?? "" };
    assert.equal((await phone.get("/api/v1/cart", known)).status, 304);
    await put(ada, { items: [] });
    assert.equal((await phone.get("/api/v1/cart", known)).status, 200);
  });

  it("is not written over by who has not seen it, nor with what no cart has", async () => {
    const bea = await somebody();
    const { headers } = await bea.get("/api/v1/cart");
    const seen = { "if-match": headers.get("etag") ?? "" };
    assert.equal((await put(bea, { items: [item("prod-021", 1)] }, seen)).status, 200);
    const stale = await put(bea, { items: [item("prod-021", 2)] }, seen);
    assert.deepEqual([stale.status, stale.body.reason], [412, "STALE_ETAG"]);
    const wrong = await put(bea, { items: [item("prod-021", 0)] });
    assert.equal(wrong.status, 400);
    assert.equal(wrong.body.violations[0].field, "items[0].quantity");
    assert.equal((await put(bea, { things: [] })).status, 400);
    assert.equal((await api.get("/api/v1/cart")).status, 401);
  });

  it("becomes the order that was quoted", async () => {
    const cid = await somebody();
    const items = [item("prod-021", 3), item("prod-022", 1)];
    const { body: cart } = await put(cid, { items });
    const quoted = await cid.post("/api/v1/orders:quote", { items, shipping_address });
    assert.equal(quoted.status, 200, quoted.text);
    const placed = await cid.post("/api/v1/cart:checkout", delivery);
    assert.equal(placed.status, 201, placed.text);
    const order = placed.body;
    assert.equal(order.status, "CONFIRMED");
    assert.equal(placed.headers.get("location"), `/api/v1/orders/${order.id}`);
    for (const part of ["subtotal", "discounts", "shipping", "tax", "total"]) {
      assert.deepEqual(quoted.body[part], order[part]);
      assert.deepEqual(cart.quote[part], order[part]);
    }
    assert.deepEqual((await cid.get("/api/v1/cart")).body.items, []);
    const empty = await cid.post("/api/v1/cart:checkout", delivery);
    assert.deepEqual([empty.status, empty.body.reason], [409, "CART_EMPTY"]);
  });

  it("is ordered once by two devices, and answers a key again byte for byte", async () => {
    const dan = await somebody();
    await put(dan, { items: [item("prod-021", 1)] });
    const key = { "idempotency-key": "dan-1" };
    const [first, second] = await Promise.all([
      dan.post("/api/v1/cart:checkout", delivery, key),
      dan.post("/api/v1/cart:checkout", delivery),
    ]);
    assert.deepEqual([first.status, second.status].sort(), [201, 409]);
    const again = await eventually(
      () => dan.post("/api/v1/cart:checkout", delivery, key),
      ({ body }: Answer) => body.reason !== "IDEMPOTENCY_IN_PROGRESS",
    );
    assert.deepEqual([again.status, again.text], [first.status, first.text]);
    assert.equal(again.headers.get("idempotent-replayed"), "true");
    assert.equal((await dan.get("/api/v1/orders")).body.orders.length, 1);
  });

  it("has its items back when the order is refused", async () => {
    const eve = await somebody();
    for (const [product_id, method, status, reason] of [
      ["prod-021", "pm_card_visa_chargeDeclined", 402, "PAYMENT_DECLINED"],
      ["prod-200", payment_method, 409, "OUT_OF_STOCK"],
      ["prod-999", payment_method, 404, "PRODUCT_NOT_FOUND"],
    ] as const) {
      const { body: cart } = await put(eve, { items: [item(product_id, 1)] });
      const wanted = { shipping_address, payment_method: method };
      const refused = await eve.post("/api/v1/cart:checkout", wanted);
      assert.deepEqual([refused.status, refused.body.reason], [status, reason]);
      const { body: order } = await eve.get(`/api/v1/orders/${refused.body.metadata.orderId}`);
      assert.equal(order.status, "REJECTED");
      assert.deepEqual((await eve.get("/api/v1/cart")).body.items, cart.items);
    }
  });

  it("is quoted with what is left, and not for what is not there", async () => {
    const fay = await somebody();
    const quote = (...items: unknown[]) => fay.post("/api/v1/orders:quote", { items });
    const short = await quote(item("prod-199", 2), item("prod-200", 1));
    assert.equal(short.status, 200, short.text);
    const [, none] = short.body.items;
    assert.equal(none.available, 0);
    const unknown = await quote(item("prod-999", 1));
    assert.deepEqual([unknown.status, unknown.body.reason], [404, "PRODUCT_NOT_FOUND"]);
    assert.equal((await quote()).status, 400);
  });
});
