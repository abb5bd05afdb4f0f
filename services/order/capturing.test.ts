import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "mocha";
import { Order_Status } from "#gen/tradepost/order/v1/order.ts";
import { until } from "#kit/testing-until.ts";
import { anOrder, aRefusal, faultOf, orderHouse, settled } from "./testing.ts";

type House = Awaited<ReturnType<typeof orderHouse>>;
type Client = Awaited<ReturnType<House["as"]>>;

const parcel = { carrier: "UPS", trackingNumber: "1Z 999" };

describe("an order whose money is taken on shipment", () => {
  let house: House;
  let buyer: Client;
  let merchant: Client;
  before(async () => {
    house = await orderHouse({ capture: "ON_SHIPMENT" });
    buyer = await house.as("buyer");
    merchant = await house.as("m1", "MERCHANT");
  });
  after(() => house.stop());
  afterEach(() => {
    house.others.before = () => {};
  });

  const placed = async () => (await buyer.createOrder(anOrder)).order?.id ?? "";

  it("is authorised by the checkout and captured before it is SHIPPED", async () => {
    const id = await placed();
    assert.equal(house.others.payments.get(id)?.status, "authorized");
    const { order } = await merchant.shipOrder({ id, ...parcel });
    assert.equal(order?.status, Order_Status.SHIPPED);
    assert.equal(house.others.payments.get(id)?.status, "succeeded");
  });

  it("stays CONFIRMED when the capture is declined, also for its key; then it can be shipped", async () => {
    const id = await placed();
    house.others.before = (what) => {
      if (what === "capture") {
        throw aRefusal("PAYMENT_DECLINED");
      }
    };
    const key = { idempotencyKey: "declined" };
    const first = await faultOf(merchant.shipOrder({ id, ...parcel }, key));
    assert.equal(first.reason, "PAYMENT_DECLINED");
    house.others.before = () => {};
    await assert.rejects(merchant.shipOrder({ id, ...parcel }, key), {
      reason: "PAYMENT_DECLINED",
    });
    assert.equal((await buyer.getOrder({ id })).order?.status, Order_Status.CONFIRMED);
    const { order } = await merchant.shipOrder({ id, ...parcel });
    assert.equal(order?.status, Order_Status.SHIPPED);
  });

  it("takes nothing for who may not ship", async () => {
    const id = await placed();
    const stranger = await house.as("m2", "MERCHANT");
    await assert.rejects(stranger.shipOrder({ id, ...parcel }), { reason: "ORDER_NOT_FOUND" });
    assert.equal(house.others.payments.get(id)?.status, "authorized");
  });

  it("is not sent unpaid if it is confirmed while somebody asks to send it", async () => {
    const id = await placed();
    const to = (status: string) => `update orders set status = '${status}' where id = '${id}'`;
    await house.db.query(to("PENDING"));
    const checkout = await house.db.connect();
    await checkout.query("begin");
    await checkout.query(to("CONFIRMED"));
    const sending = faultOf(merchant.shipOrder({ id, ...parcel }));
    const waiting =
      "select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()";
    await until(async () => (await house.db.query(waiting)).rowCount === 1);
    await checkout.query("commit");
    checkout.release();
    assert.equal((await sending).reason, "WRONG_ORDER_STATE");
    assert.equal(house.others.payments.get(id)?.status, "authorized");
    const { order } = await merchant.shipOrder({ id, ...parcel });
    assert.equal(order?.status, Order_Status.SHIPPED);
    assert.equal(house.others.payments.get(id)?.status, "succeeded");
  });

  it("is voided when it is cancelled", async () => {
    const id = await placed();
    await buyer.cancelOrder({ id });
    await settled(house.db, id);
    assert.equal(house.others.payments.get(id)?.status, "closed");
  });
});
