import assert from "node:assert/strict";
import { once } from "node:events";
import { after, afterEach, before, describe, it } from "mocha";
import { Order_Status } from "#gen/tradepost/order/v1/order.ts";
import { anOrder, orderHouse } from "./testing.ts";

type House = Awaited<ReturnType<typeof orderHouse>>;
type Buyer = Awaited<ReturnType<House["as"]>>;

describe("cancelling an order", () => {
  let house: House;
  let buyer: Buyer;
  before(async () => {
    house = await orderHouse();
    buyer = await house.as("buyer");
  });
  after(() => house.stop());
  afterEach(() => {
    house.others.before = () => {};
    house.others.calls.length = 0;
  });

  const rows = async (sql: string, id: string) => (await house.db.query(sql, [id])).rows;

  it("cancels a confirmed order once: money and stock go back", async () => {
    const { order } = await buyer.createOrder(anOrder);
    const id = order?.id ?? "";
    const cancelled = await buyer.cancelOrder({ id, reason: "changed my mind" });
    assert.equal(cancelled.order?.status, Order_Status.CANCELLED);
    assert.ok(house.others.calls.includes(`refund ${id}`));
    assert.ok(house.others.calls.includes(`release ${id}`));
    await assert.rejects(buyer.cancelOrder({ id }), { reason: "WRONG_ORDER_STATE" });
  });

  it("cancels a pending order instead of confirming it", async () => {
    const gate = new EventTarget();
    house.others.before = async (what) => {
      if (what === "charge") {
        await once(gate, "open");
      }
    };
    const pending = await buyer.createOrder(anOrder, { timeoutMs: 600 });
    const id = pending.order?.id ?? "";
    const cancelling = buyer.cancelOrder({ id });
    while (
      (await rows("select 1 from orders where id = $1 and cancel_requested is not null", id))
        .length === 0
    );
    gate.dispatchEvent(new Event("open"));
    assert.equal((await cancelling).order?.status, Order_Status.CANCELLED);
    assert.ok(house.others.calls.includes(`refund ${id}`));
  });
});
