import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "mocha";
import { Order_Status } from "#gen/tradepost/order/v1/order.ts";
import { anOrder, orderHouse, settled } from "./testing.ts";
import { PM_3DS } from "./testing-payment.ts";

type House = Awaited<ReturnType<typeof orderHouse>>;
type Client = Awaited<ReturnType<House["as"]>>;

const secured = { ...anOrder, paymentMethod: PM_3DS };

describe("a payment that waits for its person", () => {
  let house: House;
  let buyer: Client;
  before(async () => {
    house = await orderHouse();
    buyer = await house.as("buyer");
  });
  after(() => house.stop());
  afterEach(() => {
    house.others.calls.length = 0;
  });

  const row = async (id: string) =>
    (await house.db.query("select step, attempts from sagas where id = $1", [id])).rows;
  const due = (id: string) =>
    house.db.query("update sagas set lease_until = now() where id = $1", [id]);
  const complete = (id: string) => {
    const payment = house.others.payments.get(id);
    assert.ok(payment);
    payment.status = "succeeded";
  };

  it("is answered at once with what is to be done, also to a repeat of its key", async () => {
    const key = { idempotencyKey: "secured", timeoutMs: 60_000 };
    const { order } = await buyer.createOrder(secured, key);
    const id = order?.id ?? "";
    assert.equal(order?.status, Order_Status.PENDING);
    assert.equal(order?.nextAction?.url, "https://bank.test/");
    assert.equal(order?.total?.amount, 2_499n);
    assert.deepEqual((await buyer.getOrder({ id })).order, order);
    complete(id);
    await due(id);
    await settled(house.db, id);
    const { order: confirmed } = await buyer.getOrder({ id });
    assert.equal(confirmed?.status, Order_Status.CONFIRMED);
    assert.equal(confirmed?.nextAction, undefined);
    assert.deepEqual((await buyer.createOrder(secured, key)).order, order);
    const { history } = await buyer.getOrderHistory({ id });
    assert.deepEqual(
      history.map(({ event, status }) => [event, status]),
      [
        ["OrderPlaced", Order_Status.PENDING],
        ["OrderActionRequired", Order_Status.PENDING],
        ["OrderConfirmed", Order_Status.CONFIRMED],
      ],
    );
    const { rows } = await house.db.query("select payload from outbox where key = $1", [id]);
    assert.doesNotMatch(JSON.stringify(rows), /pi_secret/);
  });

  it("is asked for again without counting as a failure, and its end is watched", async () => {
    const { order } = await buyer.createOrder(secured);
    const id = order?.id ?? "";
    const seen: number[] = [];
    for await (const { order: now } of buyer.watchOrder({ id }, { timeoutMs: 15_000 })) {
      seen.push(now?.status ?? 0);
      if (now?.status === Order_Status.CONFIRMED) {
        break;
      }
      assert.equal(now?.nextAction?.clientSecret, "pi_secret");
      await due(id);
      while (house.others.calls.filter((call) => call === `charge ${id}`).length < 2) {
        await row(id);
      }
      const [saga] = await row(id);
      assert.deepEqual(saga, { step: "wait", attempts: 0 });
      complete(id);
      await due(id);
    }
    assert.deepEqual(seen, [Order_Status.PENDING, Order_Status.CONFIRMED]);
  });

  it("can be cancelled, which ends the payment", async () => {
    const { order } = await buyer.createOrder(secured);
    const id = order?.id ?? "";
    const { order: cancelled } = await buyer.cancelOrder({ id });
    assert.equal(cancelled?.status, Order_Status.CANCELLED);
    assert.equal(cancelled?.nextAction, undefined);
    assert.equal(house.others.payments.get(id)?.status, "closed");
    assert.equal(house.others.reservations.get(id), "closed");
  });
});

describe("a payment that has waited too long", () => {
  it("is ended, and its order REJECTED as NOT_COMPLETED", async () => {
    const house = await orderHouse({ personMs: 1 });
    const buyer = await house.as("buyer");
    const { order } = await buyer.createOrder(secured);
    const id = order?.id ?? "";
    await house.db.query("update sagas set lease_until = now() where id = $1", [id]);
    await settled(house.db, id);
    const { order: rejected } = await buyer.getOrder({ id });
    assert.equal(rejected?.status, Order_Status.REJECTED);
    assert.equal(rejected?.rejection?.reason, "NOT_COMPLETED");
    assert.equal(house.others.payments.get(id)?.status, "closed");
    assert.equal(house.others.reservations.get(id), "closed");
    await house.stop();
  });
});

describe("an order that names no payment method", () => {
  it("is charged with the buyer's default, then with the profile's; else it is refused", async () => {
    const house = await orderHouse();
    house.others.saved.set("buyer", PM_3DS);
    const buyer = await house.as("buyer");
    const { order } = await buyer.createOrder(anOrder);
    assert.ok(order?.nextAction);
    const other = await house.as("other");
    assert.equal((await other.createOrder(anOrder)).order?.status, Order_Status.CONFIRMED);
    await house.stop();
    const strict = await orderHouse({ defaultPaymentMethod: "" });
    const nobody = await strict.as("other");
    await assert.rejects(nobody.createOrder(anOrder), { reason: "MISSING_PAYMENT_METHOD" });
    await strict.stop();
  });
});
