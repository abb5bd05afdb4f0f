import assert from "node:assert/strict";
import { before, describe, it } from "mocha";
import { theMesh } from "./mesh.ts";
import { eventually, printedOrder, type Rest } from "./rest.ts";

describe("the goods of a paid order", function () {
  this.timeout(90_000);
  let [api, demo, merchant] = [] as unknown as [Rest, Rest, Rest];
  before(async () => {
    ({ api } = await theMesh());
    demo = await api.as("demo@tradepost.dev");
    merchant = await api.as("merchant@tradepost.dev");
  });

  it("are sent by their merchant, arrive, and come back in parts, each paid back", async () => {
    const product = "prod-011";
    const stock = async () => (await api.get(`/api/v1/products/${product}`)).body.stock as number;
    const before = await stock();
    const items = [{ product_id: product, quantity: 3 }];
    const { body: order } = await demo.post("/api/v1/orders", { ...printedOrder, items });
    const url = `/api/v1/orders/${order.id}`;
    const parcel = { carrier: "UPS", trackingNumber: "1Z999AA10123456784" };

    const own = await demo.post(`${url}:ship`, parcel);
    assert.equal(own.status, 403, own.text);
    assert.equal(own.body.reason, "ROLE_REQUIRED");
    const early = await demo.post(`${url}:return`, {
      items: [{ productId: product, quantity: 1 }],
    });
    assert.equal(early.status, 409, early.text);
    assert.equal(early.body.reason, "WRONG_ORDER_STATE");

    const shipped = await merchant.post(`${url}:ship`, parcel);
    assert.equal(shipped.status, 200, shipped.text);
    assert.equal(shipped.body.status, "SHIPPED");
    assert.equal(shipped.body.shipments[0].trackingNumber, parcel.trackingNumber);
    assert.equal((await merchant.post(`${url}:ship`, parcel)).status, 409);
    const delivered = await merchant.post(`${url}:deliver`, {});
    assert.equal(delivered.body.status, "DELIVERED", delivered.text);

    const give = (quantity: number) =>
      demo.post(`${url}:return`, { items: [{ productId: product, quantity }], reason: "chipped" });
    const part = await give(1);
    assert.equal(part.status, 200, part.text);
    assert.equal(part.body.status, "DELIVERED");
    assert.equal(part.body.items[0].returnedQuantity, 1);
    assert.equal((await give(3)).body.reason, "WRONG_ORDER_STATE");
    const rest = await give(2);
    assert.equal(rest.body.status, "RETURNED", rest.text);

    const paid = await eventually(
      () => demo.get(`${url}/payments`),
      ({ body }) => body.payments[0].refunded.amount === order.total.amount,
    );
    assert.equal(paid.body.payments[0].refunds.length, 2);
    await eventually(stock, (now) => now === before);
    const { body } = await demo.get(`${url}/history`);
    assert.deepEqual(
      body.history.map(({ event }: { event: string }) => event),
      [
        "OrderPlaced",
        "OrderConfirmed",
        "OrderShipped",
        "OrderDelivered",
        "OrderItemsReturned",
        "OrderReturned",
      ],
    );
    const kinds = ["ORDER_SHIPPED", "ORDER_DELIVERED", "ORDER_RETURNED"];
    await eventually(
      () => demo.get("/api/v1/notifications"),
      ({ body }) =>
        kinds.every((kind) =>
          body.notifications.some(
            (one: { kind: string; orderId?: string }) =>
              one.kind === kind && one.orderId === order.id,
          ),
        ),
      30_000,
    );
  });
});
