import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "mocha";
import { anOrder, aRefusal, faultOf, orderHouse } from "./testing.ts";

type House = Awaited<ReturnType<typeof orderHouse>>;
type Buyer = Awaited<ReturnType<House["as"]>>;

describe("an order's idempotency key", () => {
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

  it("answers a key again byte for byte, and refuses it for another request", async () => {
    const key = { idempotencyKey: "k1" };
    const first = await buyer.createOrder(anOrder, key);
    await buyer.cancelOrder({ id: first.order?.id ?? "" });
    assert.deepEqual(await buyer.createOrder(anOrder, key), first);
    const other = { ...anOrder, items: [{ productId: "mug", quantity: 3 }] };
    await assert.rejects(buyer.createOrder(other, key), { reason: "IDEMPOTENCY_KEY_REUSED" });
  });

  it("opens one order for twenty calls with one key", async () => {
    const key = { idempotencyKey: "k20" };
    const all = await Promise.allSettled(
      Array.from({ length: 20 }, () => buyer.createOrder(anOrder, key)),
    );
    for (const result of all) {
      if (result.status === "rejected") {
        assert.equal(result.reason.reason, "IDEMPOTENCY_IN_PROGRESS");
      }
    }
    const placed = await rows("select 1 from orders where idempotency_key = $1", "k20");
    assert.equal(placed.length, 1);
  });

  it("is why a checkout carries its request's id; without one no answer is kept", async () => {
    const states: unknown[] = [];
    house.others.before = async (what, id) => {
      if (what === "charge") {
        states.push(...(await rows("select state from sagas where id = $1", id)));
      }
    };
    await buyer.createOrder(anOrder);
    await buyer.createOrder(anOrder, { idempotencyKey: "carried" });
    const [without, keyed] = states as { state: { requestId?: string } }[];
    assert.deepEqual(without?.state, {});
    assert.match(keyed?.state.requestId ?? "", /./);
    const kept = await rows("select answer from idempotency_keys where key = $1", "carried");
    assert.ok(kept[0]?.answer);
  });

  it("answers a rejected key with the same rejection", async () => {
    house.others.before = (what) => {
      if (what === "charge") {
        throw aRefusal("PAYMENT_DECLINED");
      }
    };
    const call = () => faultOf(buyer.createOrder(anOrder, { idempotencyKey: "declined" }));
    const first = await call();
    const second = await call();
    assert.equal(first.reason, "PAYMENT_DECLINED");
    assert.deepEqual(second.metadata, first.metadata);
  });
});
