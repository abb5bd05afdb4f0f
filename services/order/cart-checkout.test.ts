import assert from "node:assert/strict";
import { once } from "node:events";
import { after, afterEach, before, describe, it } from "mocha";
import { Order_Status } from "#gen/tradepost/order/v1/order.ts";
import { anOrder, aRefusal, faultOf, orderHouse } from "./testing.ts";

type House = Awaited<ReturnType<typeof orderHouse>>;

const { shippingAddress } = anOrder;
const mugs = (quantity: number) => [{ productId: "mug", quantity }];
const pots = (quantity: number) => [{ productId: "pot", quantity }];

describe("a cart's checkout", () => {
  let house: House;
  before(async () => {
    house = await orderHouse();
  });
  after(() => house.stop());
  afterEach(() => {
    house.others.before = () => {};
    house.others.calls.length = 0;
  });

  const rows = async (sql: string, ...values: string[]) => (await house.db.query(sql, values)).rows;
  const ordersOf = (userId: string) => rows("select items from orders where user_id = $1", userId);
  async function withCart(userId: string, items: { productId: string; quantity: number }[]) {
    const person = await house.as(userId);
    await person.setCart({ cart: { items } });
    const itemsNow = async () => (await person.getCart({})).cart?.items;
    return { person, itemsNow };
  }

  it("is an order of all that is in it, which it is emptied of", async () => {
    const { person, itemsNow } = await withCart("ann", [...mugs(3), ...pots(2)]);
    const quoted = (await person.getCart({})).cart?.quote;
    const { order } = await person.checkout({ shippingAddress, paymentMethod: "pm_card_visa" });
    assert.equal(order?.status, Order_Status.CONFIRMED);
    assert.deepEqual(order?.total, quoted?.total);
    assert.deepEqual(
      order?.items.map(({ productId, quantity }) => ({ productId, quantity })),
      [...mugs(3), ...pots(2)],
    );
    assert.deepEqual((await person.getOrder({ id: order?.id ?? "" })).order, order);
    assert.deepEqual(await itemsNow(), []);
    await assert.rejects(person.checkout({ shippingAddress }), { reason: "CART_EMPTY" });
  });

  it("finds an empty cart where somebody never had one", async () => {
    const person = await house.as("nobody");
    await assert.rejects(person.checkout({ shippingAddress }), { reason: "CART_EMPTY" });
    await assert.rejects(person.checkout({}), { reason: "INVALID_FIELD" });
  });

  it("is one order, however many run at once", async () => {
    const { person } = await withCart("bob", mugs(2));
    const all = await Promise.allSettled(
      Array.from({ length: 12 }, (_, n) =>
        person.checkout({ shippingAddress }, n % 2 ? { idempotencyKey: `bob-${n}` } : {}),
      ),
    );
    const reasons = all.flatMap((one) => (one.status === "rejected" ? [one.reason.reason] : []));
    assert.deepEqual(reasons, Array(11).fill("CART_EMPTY"));
    assert.equal((await ordersOf("bob")).length, 1);
  });

  it("is the first answer again for its key, though the cart is empty or full again", async () => {
    const { person, itemsNow } = await withCart("cat", mugs(2));
    const key = { idempotencyKey: "cat-1" };
    const all = await Promise.allSettled(
      Array.from({ length: 8 }, () => person.checkout({ shippingAddress }, key)),
    );
    const first = await person.checkout({ shippingAddress }, key);
    for (const one of all) {
      if (one.status === "fulfilled") {
        assert.deepEqual(one.value, first);
      } else {
        assert.equal(one.reason.reason, "IDEMPOTENCY_IN_PROGRESS");
      }
    }
    await person.setCart({ cart: { items: pots(1) } });
    assert.deepEqual(await person.checkout({ shippingAddress }, key), first);
    assert.deepEqual(await itemsNow(), pots(1));
    assert.equal((await ordersOf("cat")).length, 1);
  });

  it("keeps for its key that the cart was empty", async () => {
    const { person, itemsNow } = await withCart("dot", []);
    const key = { idempotencyKey: "dot-1" };
    const first = await faultOf(person.checkout({ shippingAddress }, key));
    assert.equal(first.reason, "CART_EMPTY");
    await person.setCart({ cart: { items: mugs(1) } });
    await assert.rejects(person.checkout({ shippingAddress }, key), { reason: "CART_EMPTY" });
    assert.deepEqual(await itemsNow(), mugs(1));
  });

  it("shares its key with CreateOrder: one key, one order", async () => {
    const { person, itemsNow } = await withCart("eli", mugs(1));
    const key = { idempotencyKey: "eli-1" };
    await person.createOrder(anOrder, key);
    const again = person.checkout({ shippingAddress }, key);
    await assert.rejects(again, { reason: "IDEMPOTENCY_KEY_REUSED" });
    assert.deepEqual(await itemsNow(), mugs(1));
    const moved = { ...shippingAddress, city: "LA" };
    const other = { idempotencyKey: "eli-2" };
    await person.checkout({ shippingAddress }, other);
    const reused = person.checkout({ shippingAddress: moved }, other);
    await assert.rejects(reused, { reason: "IDEMPOTENCY_KEY_REUSED" });
  });

  it("orders what is in the cart when it is emptied, not what was read before", async () => {
    const { person, itemsNow } = await withCart("fox", mugs(1));
    const client = await house.db.connect();
    await client.query("begin");
    await client.query("select from carts where user_id = 'fox' for update");
    const placing = person.checkout({ shippingAddress }, { idempotencyKey: "fox-1" });
    const [me] = (await client.query("select pg_backend_pid()::text as pid")).rows;
    const waiting = "select from pg_stat_activity where $1::int = any(pg_blocking_pids(pid))";
    while ((await rows(waiting, me.pid)).length === 0);
    await client.query(
      `update carts set version = version + 1, items = '[{"productId": "pot", "quantity": 4}]'
        where user_id = 'fox'`,
    );
    await client.query("commit");
    client.release();
    const { order } = await placing;
    assert.deepEqual(
      order?.items.map(({ productId, quantity }) => ({ productId, quantity })),
      pots(4),
    );
    assert.deepEqual(await itemsNow(), []);
  });

  it("puts the items of a rejected order back, to what is in the cart by then", async () => {
    const { person, itemsNow } = await withCart("gus", [...mugs(2), ...pots(1)]);
    house.others.before = async (what) => {
      if (what === "reserve") {
        await person.setCart({ cart: { items: [{ productId: "cup", quantity: 4 }, ...mugs(3)] } });
        throw aRefusal("OUT_OF_STOCK");
      }
    };
    const key = { idempotencyKey: "gus-1" };
    const refused = await faultOf(person.checkout({ shippingAddress }, key));
    assert.equal(refused.reason, "OUT_OF_STOCK");
    const { order } = await person.getOrder({ id: refused.metadata.orderId ?? "" });
    assert.equal(order?.status, Order_Status.REJECTED);
    const merged = [{ productId: "cup", quantity: 4 }, ...mugs(5), ...pots(1)];
    assert.deepEqual(await itemsNow(), merged);
    const again = await faultOf(person.checkout({ shippingAddress }, key));
    assert.deepEqual([again.reason, again.metadata], [refused.reason, refused.metadata]);
    assert.deepEqual(await itemsNow(), merged);
  });

  it("leaves the cart alone when an order of CreateOrder is rejected", async () => {
    const { person, itemsNow } = await withCart("hue", pots(1));
    house.others.before = (what) => {
      if (what === "reserve") {
        throw aRefusal("OUT_OF_STOCK");
      }
    };
    await assert.rejects(person.createOrder(anOrder), { reason: "OUT_OF_STOCK" });
    assert.deepEqual(await itemsNow(), pots(1));
  });

  it("puts nothing back when its person has called the order off", async () => {
    const { person, itemsNow } = await withCart("ida", mugs(2));
    const gate = new EventTarget();
    house.others.before = async (what) => {
      if (what === "charge") {
        await once(gate, "open");
      }
    };
    const { order } = await person.checkout({ shippingAddress }, { timeoutMs: 900 });
    assert.equal(order?.status, Order_Status.PENDING);
    const id = order?.id ?? "";
    const cancelling = person.cancelOrder({ id });
    const asked = "select from orders where id = $1 and cancel_requested is not null";
    while ((await rows(asked, id)).length === 0);
    gate.dispatchEvent(new Event("open"));
    assert.equal((await cancelling).order?.status, Order_Status.CANCELLED);
    assert.deepEqual(await itemsNow(), []);
  });

  it("never puts more back than an order takes", async () => {
    const full = Array.from({ length: 99 }, (_, n) => ({ productId: `p${n}`, quantity: 99 }));
    const back = [{ productId: "p0", quantity: 9_850 }, ...mugs(1), ...pots(1)];
    const [row] = await rows(
      "select cart_items($1::jsonb || $2::jsonb) as items",
      JSON.stringify(full),
      JSON.stringify(back),
    );
    assert.deepEqual(row.items, [
      { productId: "p0", quantity: 9_900 },
      ...full.slice(1),
      ...mugs(1),
    ]);
  });
});
