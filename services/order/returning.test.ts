import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "mocha";
import { Order_Status } from "#gen/tradepost/order/v1/order.ts";
import { aLostAnswer, anOrder, orderHouse, settled } from "./testing.ts";
import { sayDispute } from "./testing-disputes.ts";

type House = Awaited<ReturnType<typeof orderHouse>>;
type Client = Awaited<ReturnType<House["as"]>>;

const parcel = { carrier: "UPS", trackingNumber: "1Z" };
const pieces = (quantity: number) => [{ productId: "mug", quantity }];

describe("returning goods", () => {
  let house: House;
  let buyer: Client;
  let support: Client;
  before(async () => {
    house = await orderHouse();
    buyer = await house.as("buyer");
    support = await house.as("helper", "SUPPORT");
  });
  after(() => house.stop());
  afterEach(() => {
    house.others.before = () => {};
    house.others.after = () => {};
  });

  async function delivered(quantity: number): Promise<string> {
    const { order } = await buyer.createOrder({ ...anOrder, items: pieces(quantity) });
    const id = order?.id ?? "";
    await support.shipOrder({ id, ...parcel });
    await support.deliverOrder({ id });
    return id;
  }

  it("pays their part back and puts them into the stock, until all is back", async () => {
    const id = await delivered(3);
    const first = await buyer.returnOrder({ id, items: pieces(2), reason: "chipped" });
    assert.equal(first.order?.status, Order_Status.DELIVERED);
    assert.equal(first.order?.items[0]?.returnedQuantity, 2);
    assert.equal(house.others.payments.get(id)?.refunded, 2_000n);
    const last = await support.returnOrder({ id, items: pieces(1), reason: "" });
    assert.equal(last.order?.status, Order_Status.RETURNED);
    assert.equal(house.others.payments.get(id)?.refunded, 3_499n);
    assert.equal(house.others.returned.get(id), 3);
    await assert.rejects(buyer.returnOrder({ id, items: pieces(1) }), {
      reason: "WRONG_ORDER_STATE",
    });
    const { rows } = await house.db.query("select 1 from sagas where kind = 'return'");
    assert.equal(rows.length, 0);
  });

  it("takes never more back than was bought, though many ask at once", async () => {
    const id = await delivered(3);
    const asked = Array.from({ length: 8 }, () => buyer.returnOrder({ id, items: pieces(1) }));
    const answers = await Promise.allSettled(asked);
    assert.equal(answers.filter(({ status }) => status === "fulfilled").length, 3);
    const { order } = await buyer.getOrder({ id });
    assert.equal(order?.status, Order_Status.RETURNED);
    await settled(house.db, id);
    assert.equal(house.others.returned.get(id), 3);
    assert.equal(house.others.payments.get(id)?.refunded, 3_499n);
  });

  it("pays once though answers are lost, and answers its key again", async () => {
    const id = await delivered(2);
    let lost = 2;
    house.others.after = (what) => {
      if (what === "refund" && lost-- > 0) {
        throw aLostAnswer();
      }
    };
    const key = { idempotencyKey: "return-1" };
    const first = await buyer.returnOrder({ id, items: pieces(1) }, key);
    assert.deepEqual(await buyer.returnOrder({ id, items: pieces(1) }, key), first);
    await settled(house.db, id);
    assert.equal(house.others.payments.get(id)?.refunded, 1_000n);
    assert.equal(house.others.returned.get(id), 1);
  });

  it("pays what is left where support has refunded most by hand", async () => {
    const id = await delivered(1);
    const payment = house.others.payments.get(id);
    assert.ok(payment);
    payment.refunded = 1_000n;
    await buyer.returnOrder({ id, items: pieces(1) });
    await settled(house.db, id);
    assert.equal(payment.refunded, 1_499n);
  });

  it("is its buyer's, after the delivery", async () => {
    const { order } = await buyer.createOrder(anOrder);
    const id = order?.id ?? "";
    const wish = { id, items: pieces(1) };
    await assert.rejects(buyer.returnOrder(wish), { reason: "WRONG_ORDER_STATE" });
    const merchant = await house.as("m1", "MERCHANT");
    await assert.rejects(merchant.returnOrder(wish), { reason: "NOT_OWNER" });
    const stranger = await house.as("stranger");
    await assert.rejects(stranger.returnOrder(wish), { reason: "ORDER_NOT_FOUND" });
  });

  it("waits while a bank doubts the payment, which stands in the history", async () => {
    const id = await delivered(2);
    await sayDispute(house, id, "open");
    const refused = { reason: "WRONG_PAYMENT_STATE", metadata: { orderId: id, disputed: "true" } };
    await assert.rejects(buyer.returnOrder({ id, items: pieces(1) }), refused);
    await sayDispute(house, id, "won");
    const { order } = await buyer.returnOrder({ id, items: pieces(1) });
    assert.equal(order?.items[0]?.returnedQuantity, 1);
    const { history } = await buyer.getOrderHistory({ id });
    assert.deepEqual(
      history.slice(-3).map(({ event, actor, reason }) => [event, actor, reason]),
      [
        ["OrderDisputed", "payment", "fraudulent"],
        ["OrderDisputeClosed", "payment", "WON"],
        ["OrderItemsReturned", "buyer", ""],
      ],
    );
  });

  it("pauses a refund under way without counting it as a failure", async () => {
    const { order } = await buyer.createOrder(anOrder);
    const id = order?.id ?? "";
    const payment = house.others.payments.get(id);
    assert.ok(payment);
    payment.disputed = true;
    await buyer.cancelOrder({ id });
    const row = "select step, attempts from sagas where id = $1";
    assert.deepEqual((await house.db.query(row, [id])).rows, [{ step: "frozen", attempts: 0 }]);
    payment.disputed = false;
    await house.db.query("update sagas set lease_until = now() where id = $1", [id]);
    await settled(house.db, id);
    assert.equal(payment.refunded, payment.amount);
  });

  it("of a confirmed order's dispute does not keep its checkout from ending", async () => {
    house.others.after = async (what, id) => {
      if (what === "charge") {
        await sayDispute(house, id, "open");
      }
    };
    const { order } = await buyer.createOrder(anOrder);
    assert.equal(order?.status, Order_Status.CONFIRMED);
    const { history } = await buyer.getOrderHistory({ id: order?.id ?? "" });
    assert.deepEqual(
      history.map(({ event }) => event),
      ["OrderPlaced", "OrderDisputed", "OrderConfirmed"],
    );
    await assert.rejects(buyer.cancelOrder({ id: order?.id ?? "" }), {
      reason: "WRONG_PAYMENT_STATE",
    });
  });
});
