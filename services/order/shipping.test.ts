import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { type Order, Order_Status, Shipment_Status } from "#gen/tradepost/order/v1/order.ts";
import { anOrder, orderHouse } from "./testing.ts";

type House = Awaited<ReturnType<typeof orderHouse>>;
type Client = Awaited<ReturnType<House["as"]>>;

const ofTwo = {
  ...anOrder,
  items: [
    { productId: "mug", quantity: 2 },
    { productId: "cup-of-m2", quantity: 1 },
  ],
};
const parcel = { carrier: "UPS", trackingNumber: "1Z 999" };
const statuses = (order: Order | undefined) =>
  order?.shipments.map(({ merchantId, status }) => [merchantId, status]);

describe("shipping an order", () => {
  let house: House;
  let [buyer, m1, m2, stranger, support] = [] as unknown as [
    Client,
    Client,
    Client,
    Client,
    Client,
  ];
  before(async () => {
    house = await orderHouse();
    buyer = await house.as("buyer");
    m1 = await house.as("m1", "MERCHANT");
    m2 = await house.as("m2", "MERCHANT");
    stranger = await house.as("m3", "MERCHANT");
    support = await house.as("helper", "SUPPORT");
  });
  after(() => house.stop());

  const placed = async (order = ofTwo) => (await buyer.createOrder(order)).order?.id ?? "";

  it("is each merchant's own: SHIPPED when all are, DELIVERED likewise", async () => {
    const id = await placed();
    const first = await m1.shipOrder({ id, ...parcel });
    assert.equal(first.order?.status, Order_Status.CONFIRMED);
    assert.deepEqual(statuses(first.order), [["m1", Shipment_Status.SHIPPED]]);
    await assert.rejects(m1.shipOrder({ id, ...parcel }), { reason: "WRONG_ORDER_STATE" });
    const { order: seen } = await buyer.getOrder({ id });
    assert.deepEqual(statuses(seen), [
      ["m1", Shipment_Status.SHIPPED],
      ["m2", Shipment_Status.PENDING],
    ]);
    assert.equal(seen?.shipments[0]?.trackingNumber, parcel.trackingNumber);
    assert.equal((await m2.shipOrder({ id, ...parcel })).order?.status, Order_Status.SHIPPED);
    assert.equal((await m2.deliverOrder({ id })).order?.status, Order_Status.SHIPPED);
    assert.equal((await m1.deliverOrder({ id })).order?.status, Order_Status.DELIVERED);
    const { history } = await buyer.getOrderHistory({ id });
    assert.deepEqual(
      history.map(({ event, sequence }) => `${sequence} ${event}`),
      [
        "1 OrderPlaced",
        "2 OrderConfirmed",
        "3 OrderPartShipped",
        "4 OrderShipped",
        "5 OrderPartDelivered",
        "6 OrderDelivered",
      ],
    );
    const events = await house.db.query("select type from outbox where key = $1 order by id", [id]);
    assert.deepEqual(
      events.rows.map(({ type }) => type.split(".").at(-1)),
      history.map(({ event }) => event),
    );
  });

  it("is of all that is left when support says so, or of the merchant it names", async () => {
    const id = await placed();
    const one = await support.shipOrder({ id, merchantId: "m2", ...parcel });
    assert.equal(one.order?.status, Order_Status.CONFIRMED);
    assert.equal((await support.shipOrder({ id, ...parcel })).order?.status, Order_Status.SHIPPED);
    assert.equal((await support.deliverOrder({ id })).order?.status, Order_Status.DELIVERED);
    await assert.rejects(support.deliverOrder({ id }), { reason: "WRONG_ORDER_STATE" });
  });

  it("is refused to the buyer, hidden from who has no line in it, and over once it is cancelled", async () => {
    const id = await placed(anOrder);
    await assert.rejects(buyer.shipOrder({ id, ...parcel }), { reason: "ROLE_REQUIRED" });
    await assert.rejects(stranger.shipOrder({ id, ...parcel }), { reason: "ORDER_NOT_FOUND" });
    await assert.rejects(m2.shipOrder({ id, merchantId: "m1", ...parcel }), {
      reason: "ORDER_NOT_FOUND",
    });
    await assert.rejects(m1.cancelOrder({ id }), { reason: "NOT_OWNER" });
    await assert.rejects(m1.deliverOrder({ id }), { reason: "WRONG_ORDER_STATE" });
    await buyer.cancelOrder({ id });
    await assert.rejects(m1.shipOrder({ id, ...parcel }), { reason: "WRONG_ORDER_STATE" });
  });

  it("ends the time in which an order can be cancelled", async () => {
    const id = await placed();
    await m1.shipOrder({ id, ...parcel });
    await assert.rejects(buyer.cancelOrder({ id }), { reason: "WRONG_ORDER_STATE" });
  });

  it("answers a key again, and the key's refusal", async () => {
    const id = await placed();
    const key = { idempotencyKey: "ship-1" };
    const first = await m1.shipOrder({ id, ...parcel }, key);
    assert.deepEqual(await m1.shipOrder({ id, ...parcel }, key), first);
    const again = { idempotencyKey: "ship-2" };
    await assert.rejects(m1.shipOrder({ id, ...parcel }, again), { reason: "WRONG_ORDER_STATE" });
    await assert.rejects(m1.shipOrder({ id, ...parcel }, again), { reason: "WRONG_ORDER_STATE" });
  });

  it("shows a merchant its own lines, totals and steps only", async () => {
    const id = await placed();
    await m2.shipOrder({ id, ...parcel });
    const { order } = await m1.getOrder({ id });
    assert.deepEqual(
      order?.items.map(({ productId }) => productId),
      ["mug"],
    );
    assert.equal(order?.total?.amount, 2_000n);
    assert.equal(order?.shipping?.amount, 0n);
    assert.deepEqual(statuses(order), [["m1", Shipment_Status.PENDING]]);
    const { history } = await m1.getOrderHistory({ id });
    assert.deepEqual(
      history.map(({ event }) => event),
      ["OrderPlaced", "OrderConfirmed"],
    );
    await assert.rejects(stranger.getOrder({ id }), { reason: "ORDER_NOT_FOUND" });
    await assert.rejects(stranger.getOrderHistory({ id }), { reason: "ORDER_NOT_FOUND" });
  });

  it("lists a merchant's orders and purchases, newest first, page by page", async () => {
    const seller = await house.as("m9", "MERCHANT");
    const own = { ...anOrder, items: [{ productId: "tea-of-m9", quantity: 1 }] };
    const expected: string[] = [];
    for (let n = 0; n < 3; n++) {
      expected.unshift(await placed(own));
      await placed(anOrder);
    }
    expected.unshift((await seller.createOrder(anOrder)).order?.id ?? "");
    const first = await seller.listOrders({ pageSize: 2 });
    const rest = await seller.listOrders({ pageSize: 2, pageToken: first.nextPageToken ?? "" });
    assert.deepEqual(
      [...first.orders, ...rest.orders].map(({ id }) => id),
      expected,
    );
    assert.equal(rest.nextPageToken, undefined);
    const bought = await seller.listOrders({ userId: "m9" });
    assert.deepEqual(
      bought.orders.map(({ id }) => id),
      expected.slice(0, 1),
    );
  });

  it("tells other services where orders are", async () => {
    const id = await placed();
    const product = await house.asService("product");
    const { orders } = await product.batchGetOrderStates({ ids: [id, "nothing"] });
    assert.deepEqual(orders, [
      { id, status: Order_Status.CONFIRMED, total: { currencyCode: "USD", amount: 3_499n } },
    ]);
    await assert.rejects(support.batchGetOrderStates({ ids: [id] }), { reason: "ROLE_REQUIRED" });
  });
});
