import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "mocha";
import { Order_Status } from "#gen/tradepost/order/v1/order.ts";
import { aLostAnswer, anOrder, aRefusal, faultOf, orderHouse } from "./testing.ts";

type House = Awaited<ReturnType<typeof orderHouse>>;
type Buyer = Awaited<ReturnType<House["as"]>>;

describe("order service", () => {
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
  /** Ends when the order's saga has. */
  async function settled(id: string): Promise<void> {
    for (;;) {
      const { length } = await rows("select 1 from sagas where id = $1", id);
      if (length === 0) {
        return;
      }
    }
  }

  it("confirms an order that is held and charged, in its parts", async () => {
    const { order } = await buyer.createOrder(anOrder);
    assert.equal(order?.status, Order_Status.CONFIRMED);
    assert.equal(order?.subtotal?.amount, 2_000n);
    assert.equal(order?.shipping?.amount, 499n);
    assert.equal(order?.total?.amount, 2_499n);
    const id = order?.id ?? "";
    await settled(id);
    assert.deepEqual(house.others.calls, [`reserve ${id}`, `charge ${id}`, `commit ${id}`]);
  });

  it("writes one row of history and one event with each transition", async () => {
    const { order } = await buyer.createOrder(anOrder);
    const id = order?.id ?? "";
    const { history } = await buyer.getOrderHistory({ id });
    assert.deepEqual(
      history.map(({ status }) => status),
      [Order_Status.PENDING, Order_Status.CONFIRMED],
    );
    const events = await rows("select type, payload from outbox where key = $1 order by id", id);
    assert.deepEqual(
      events.map(({ type, payload }) => [type, JSON.parse(payload).sequence]),
      [
        ["tradepost.order.v1.OrderPlaced", "1"],
        ["tradepost.order.v1.OrderConfirmed", "2"],
      ],
    );
    assert.doesNotMatch(JSON.stringify(events), /Main St|pm_card/);
  });

  for (const [call, reason] of [
    ["reserve", "OUT_OF_STOCK"],
    ["charge", "PAYMENT_DECLINED"],
  ] as const) {
    it(`rejects an order whose ${call} is refused, and undoes what may have begun`, async () => {
      house.others.before = (what) => {
        if (what === call) {
          throw aRefusal(reason);
        }
      };
      const error = await faultOf(buyer.createOrder(anOrder));
      assert.equal(error.reason, reason);
      const { order } = await buyer.getOrder({ id: error.metadata.orderId ?? "" });
      assert.equal(order?.status, Order_Status.REJECTED);
      assert.equal(order?.rejection?.reason, reason);
      const undone = house.others.calls.filter((did) => /refund|release/.test(did)).sort();
      assert.deepEqual(undone, [`refund ${order?.id}`, `release ${order?.id}`]);
    });
  }

  it("tries an unknown outcome again until it is known", async () => {
    let lost = 2;
    house.others.before = (what) => {
      if (what === "charge" && lost-- > 0) {
        throw aLostAnswer();
      }
    };
    const { order } = await buyer.createOrder(anOrder);
    assert.equal(order?.status, Order_Status.CONFIRMED);
  });

  it("answers PENDING when the outcome is not known in time, and goes on", async () => {
    let isDown = true;
    house.others.before = (what) => {
      if (what === "charge" && isDown) {
        throw aLostAnswer();
      }
    };
    const { order } = await buyer.createOrder(anOrder, { timeoutMs: 700 });
    assert.equal(order?.status, Order_Status.PENDING);
    assert.equal(order?.total?.amount, 2_499n);
    const id = order?.id ?? "";
    const seen: number[] = [];
    for await (const { order: now } of buyer.watchOrder({ id }, { timeoutMs: 15_000 })) {
      seen.push(now?.status ?? 0);
      isDown = false;
      if (now?.status === Order_Status.CONFIRMED) {
        break;
      }
    }
    assert.deepEqual(seen, [Order_Status.PENDING, Order_Status.CONFIRMED]);
  });

  it("goes on from another process when its own has gone", async () => {
    house.others.before = () => new Promise(() => {});
    const abandoned = buyer.createOrder(anOrder, { timeoutMs: 600 });
    const { order } = await abandoned;
    const id = order?.id ?? "";
    house.others.before = () => {};
    await house.db.query("update sagas set lease_until = now() where id = $1", [id]);
    const other = house.anotherDriver();
    other.start();
    await settled(id);
    await other.stop();
    assert.equal((await buyer.getOrder({ id })).order?.status, Order_Status.CONFIRMED);
  });

  it("hides an order from others, and lets support see it", async () => {
    const { order } = await buyer.createOrder(anOrder);
    const id = order?.id ?? "";
    const stranger = await house.as("stranger");
    await assert.rejects(stranger.getOrder({ id }), { reason: "ORDER_NOT_FOUND" });
    await assert.rejects(stranger.cancelOrder({ id }), { reason: "ORDER_NOT_FOUND" });
    await assert.rejects(stranger.getOrderHistory({ id }), { reason: "ORDER_NOT_FOUND" });
    await assert.rejects(stranger.createOrder({ ...anOrder, userId: "buyer" }), {
      reason: "NOT_OWNER",
    });
    const support = await house.as("helper", "SUPPORT");
    assert.equal((await support.getOrder({ id })).order?.id, id);
  });

  it("lists a buyer's orders newest first, page by page", async () => {
    const lister = await house.as("lister");
    const placed: string[] = [];
    for (let n = 0; n < 5; n++) {
      placed.unshift((await lister.createOrder(anOrder)).order?.id ?? "");
    }
    const first = await lister.listOrders({ pageSize: 3 });
    const token = first.nextPageToken ?? "";
    const second = await lister.listOrders({ pageSize: 3, pageToken: token });
    assert.deepEqual(
      [...first.orders, ...second.orders].map(({ id }) => id),
      placed,
    );
    assert.equal(second.nextPageToken, undefined);
    const forged = lister.listOrders({ pageToken: `${token}x` });
    await assert.rejects(forged, { reason: "INVALID_PAGE_TOKEN" });
  });
});
