import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, afterEach, before, describe, it } from "mocha";
import { Registry } from "prom-client";
import { Order_Status } from "#gen/tradepost/order/v1/order.ts";
import { silent } from "#kit/log.ts";
import {
  assertAddsUp,
  onSale,
  order,
  type Products,
  reasonOf,
  startProducts,
  stockOf,
} from "../testing.ts";
import { startOrders } from "../testing-orders.ts";
import { takeSweep } from "./sweep-store.ts";
import { reservationMetrics, sweep } from "./sweeper.ts";

describe("the sweeper", () => {
  let products: Products;
  let house: Awaited<ReturnType<typeof startOrders>>;
  before(async () => {
    products = await startProducts();
    house = await startOrders();
  });
  afterEach(async () => {
    await assertAddsUp(products.db);
    Object.assign(house.known, { states: new Map(), asked: [], meanwhile: async () => undefined });
    // What these tests make older than it is would else be passed over.
    await products.db.query("update stock_sweep set clean_until = '-infinity'");
  });
  after(async () => {
    await house.stop();
    await products.stop();
  });

  const run = () =>
    sweep({ db: products.db, orders: house.client, log: silent, afterSeconds: 300 });

  /** A reservation of one unit, as old as if it had been made then. */
  async function hold(mug: string, status?: Order_Status, ageSeconds = 301): Promise<string> {
    const wish = order([mug]);
    await products.orders.reserveStock(wish);
    await products.db.query(
      "update reservations set created_at = now() - $2 * interval '1 second' where order_id = $1",
      [wish.orderId, ageSeconds],
    );
    if (status !== undefined) {
      house.known.states?.set(wish.orderId, status);
    }
    return wish.orderId;
  }
  async function stateOf(orderId: string): Promise<string> {
    const { rows } = await products.db.query("select state from reservations where order_id = $1", [
      orderId,
    ]);
    return rows[0]?.state;
  }

  const OUTCOMES = [
    [Order_Status.CONFIRMED, "committed"],
    [Order_Status.SHIPPED, "committed"],
    [Order_Status.DELIVERED, "committed"],
    [Order_Status.RETURNED, "committed"],
    [Order_Status.REJECTED, "released"],
    [Order_Status.CANCELLED, "released"],
    [Order_Status.PENDING, "held"],
    [99 as Order_Status, "held"],
    [undefined, "released"],
  ] as const;

  it("makes of an old reservation what its order's state says", async () => {
    const mug = await onSale(products, { stock: 20 });
    const held = [];
    for (const [status, expected] of OUTCOMES) {
      held.push({ orderId: await hold(mug, status), expected });
    }
    const young = await hold(mug, Order_Status.CANCELLED, 290);
    assert.deepEqual(await run(), { sold: 4, released: 3, left: 2 });
    for (const { orderId, expected } of held) {
      assert.equal(await stateOf(orderId), expected);
    }
    assert.equal(await stateOf(young), "held");
    assert.deepEqual(await stockOf(products.db, mug), { available: 13, reserved: 3, sold: 4 });
    await products.orders.releaseStock({ orderId: young });
    for (const { orderId } of held) {
      await products.orders.releaseStock({ orderId });
    }
  });

  it("refuses a reserve that comes after it gave up on an unknown order", async () => {
    const mug = await onSale(products, { stock: 1 });
    const orderId = await hold(mug);
    await run();
    const lines = [{ productId: mug, quantity: 1 }];
    assert.equal(
      await reasonOf(products.orders.reserveStock({ orderId, lines })),
      "RESERVATION_CLOSED",
    );
    assert.deepEqual(await stockOf(products.db, mug), { available: 1, reserved: 0, sold: 0 });
  });

  it("leaves everything as it is while the order service is away, and comes back", async () => {
    const mug = await onSale(products, { stock: 1 });
    const orderId = await hold(mug, Order_Status.CANCELLED);
    const { states } = house.known;
    house.known.states = undefined;
    assert.equal(await reasonOf(run()), "DEPENDENCY_DOWN");
    assert.equal(await stateOf(orderId), "held");
    house.known.states = states;
    assert.deepEqual(await run(), { sold: 0, released: 1, left: 0 });
  });

  it("takes nothing from an order that was unknown and was sold before it acted", async () => {
    const mug = await onSale(products, { stock: 1 });
    const orderId = await hold(mug);
    house.known.meanwhile = () => products.orders.commitStock({ orderIds: [orderId] });
    await run();
    assert.equal(await stateOf(orderId), "committed");
    assert.deepEqual(await stockOf(products.db, mug), { available: 0, reserved: 0, sold: 1 });
  });

  it("does not sell what was cancelled after it asked", async () => {
    const mug = await onSale(products, { stock: 1 });
    const orderId = await hold(mug, Order_Status.CONFIRMED);
    house.known.meanwhile = () => products.orders.releaseStock({ orderId });
    await run();
    assert.deepEqual(await stockOf(products.db, mug), { available: 1, reserved: 0, sold: 0 });
  });

  it("asks in batches, past those whose checkout is still under way", async () => {
    const { db } = products;
    const mug = await onSale(products, { stock: 300 });
    const prefix = randomUUID();
    const ids = Array.from({ length: 230 }, (_, index) => `${prefix}-${index}`);
    const lines = [{ productId: mug, quantity: 1 }];
    await Promise.all(ids.map((orderId) => products.orders.reserveStock({ orderId, lines })));
    await db.query(
      `update reservations set created_at = date_trunc('second', now()) - interval '10 minutes'
        where order_id = any($1)`,
      [ids],
    );
    house.known.states = new Map(
      ids.map((id, index) => [id, Order_Status[index % 2 ? "PENDING" : "REJECTED"]]),
    );
    assert.deepEqual(await run(), { sold: 0, released: 115, left: 115 });
    assert.deepEqual(
      house.known.asked.map(({ length }) => length),
      [100, 100, 30],
    );
    assert.deepEqual(house.known.asked.flat().toSorted(), ids.toSorted());
    house.known.states = new Map(ids.map((id) => [id, Order_Status.REJECTED]));
    assert.deepEqual(await run(), { sold: 0, released: 115, left: 0 });
  });

  it("is one replica's at a time, until its lease ends", async () => {
    const { db } = products;
    const mug = await onSale(products, { stock: 1 });
    const orderId = await hold(mug, Order_Status.CANCELLED);
    assert.equal(await takeSweep(db, 60_000), true);
    assert.equal(await run(), undefined);
    assert.equal(await stateOf(orderId), "held");
    await db.query("update stock_sweep set lease_until = now() - interval '1 second'");
    assert.deepEqual(await run(), { sold: 0, released: 1, left: 0 });
  });

  it("tells how many reservations are held, by age", async () => {
    const metrics = new Registry();
    reservationMetrics(products.db, metrics);
    const mug = await onSale(products, { stock: 3 });
    const held = [await hold(mug, undefined, 5), await hold(mug, undefined, 200)];
    held.push(await hold(mug, undefined, 100_000));
    const [gauge] = await metrics.getMetricsAsJSON();
    assert.deepEqual(
      Object.fromEntries(gauge?.values.map(({ labels, value }) => [labels.le, value]) ?? []),
      { 1: 0, 10: 1, 60: 1, 300: 2, 900: 2, "+Inf": 3 },
    );
    await Promise.all(held.map((orderId) => products.orders.releaseStock({ orderId })));
  });
});
