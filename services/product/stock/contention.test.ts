import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "mocha";
import {
  assertAddsUp,
  faultOf,
  onSale,
  order,
  type Products,
  startProducts,
  stockOf,
} from "../testing.ts";

describe("stock that many want at once", () => {
  let products: Products;
  before(async () => {
    products = await startProducts();
  });
  afterEach(() => assertAddsUp(products.db));
  after(() => products.stop());

  it("is sold to exactly one of 50 buyers when it is the last", async () => {
    const { db, orders, otherOrders } = products;
    for (let round = 0; round < 20; round++) {
      const last = await onSale(products, { stock: 1 });
      const outcomes = await Promise.all(
        Array.from({ length: 50 }, async (_, buyer) => {
          const at = buyer % 2 === 0 ? orders : otherOrders;
          return outcomeOf(at.reserveStock(order([last])));
        }),
      );
      assert.deepEqual(tally(outcomes), { held: 1, OUT_OF_STOCK: 49 });
      assert.deepEqual(await stockOf(db, last), { available: 0, reserved: 1, sold: 0 });
    }
  });

  it("goes to whom it suffices for, whole orders only, when not all fit", async () => {
    const { db, orders, otherOrders } = products;
    for (let round = 0; round < 10; round++) {
      const plenty = await onSale(products, { stock: 1_000 });
      const scarce = await onSale(products, { stock: 5 });
      const yen = await onSale(products, { price: { currencyCode: "JPY", amount: 1n } });
      const wishes = Array.from({ length: 40 }, (_, index) => {
        switch (index % 4) {
          case 0:
            return order([plenty]);
          case 1:
            return order([plenty, scarce]);
          case 2:
            return order([plenty, "unknown"]);
          default:
            return order([plenty, yen]);
        }
      });
      const outcomes = await Promise.all(
        wishes.map((wish, index) =>
          outcomeOf((index % 3 ? orders : otherOrders).reserveStock(wish)),
        ),
      );
      assert.deepEqual(tally(outcomes), {
        held: 15,
        OUT_OF_STOCK: 5,
        PRODUCT_NOT_FOUND: 10,
        MIXED_CURRENCIES: 10,
      });
      assert.deepEqual(await stockOf(db, plenty), { available: 985, reserved: 15, sold: 0 });
      assert.deepEqual(await stockOf(db, scarce), { available: 0, reserved: 5, sold: 0 });
    }
  });

  it("lets a repeat of a held order through while others are refused", async () => {
    const { orders } = products;
    const last = await onSale(products, { stock: 2 });
    const mine = order([last]);
    await orders.reserveStock(mine);
    const wishes = [mine, order([last]), mine, order([last])];
    const outcomes = wishes.map((wish) => outcomeOf(orders.reserveStock(wish)));
    assert.deepEqual(await Promise.all(outcomes), ["held", "held", "held", "OUT_OF_STOCK"]);
  });

  it("never shows a caller a deadlock, in whatever order the lines come", async () => {
    const { orders, otherOrders, merchant } = products;
    const hot = await Promise.all(
      Array.from({ length: 20 }, () => onSale(products, { stock: 100_000 })),
    );
    const steps = Array.from({ length: 24 }, async (_, worker) => {
      const at = worker % 2 ? orders : otherOrders;
      for (let step = 0; step < 12; step++) {
        const wish = order(shuffled(hot).slice(0, 8));
        const { orderId } = wish;
        await at.reserveStock(wish);
        const repeated = [orders.reserveStock(wish), otherOrders.reserveStock(wish)];
        const [productId = ""] = shuffled(hot);
        await Promise.all([
          ...repeated.map((call) => call.catch(onlyClosed)),
          orders.commitStock({ orderIds: [orderId] }),
          otherOrders.commitStock({ orderIds: [orderId] }),
          merchant.adjustStock({ id: productId, delta: 1, reason: "found" }),
          ...(step % 3 ? [] : [orders.releaseStock({ orderId }), otherOrders.releaseStock(wish)]),
        ]);
      }
    });
    await Promise.all(steps);
  });
});

async function outcomeOf(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => "held",
    async (error: unknown) => (await faultOf(Promise.reject(error))).reason,
  );
}

function tally(outcomes: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const outcome of outcomes) {
    counts[outcome] = (counts[outcome] ?? 0) + 1;
  }
  return counts;
}

async function onlyClosed(error: unknown): Promise<void> {
  assert.equal((await faultOf(Promise.reject(error))).reason, "RESERVATION_CLOSED");
}

function shuffled<T>(items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, at: Math.random() }))
    .sort((one, other) => one.at - other.at)
    .map(({ item }) => item);
}
