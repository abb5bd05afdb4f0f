import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "mocha";
import {
  assertAddsUp,
  faultOf,
  onSale,
  order,
  type Products,
  reasonOf,
  startProducts,
  stockOf,
} from "../testing.ts";

describe("goods that come back", () => {
  let products: Products;
  before(async () => {
    products = await startProducts();
  });
  afterEach(() => assertAddsUp(products.db));
  after(() => products.stop());

  async function sold(productIds: readonly string[], quantity: number): Promise<string> {
    const wish = order(productIds, quantity);
    await products.orders.reserveStock(wish);
    await products.orders.commitStock({ orderIds: [wish.orderId] });
    return wish.orderId;
  }
  const back = (orderId: string, returnId: string, productId: string, quantity: number) => ({
    returnId,
    orderId,
    lines: [{ productId, quantity }],
  });

  it("are on the shelf again once for each return, and written into the ledger", async () => {
    const { db, orders, otherOrders, merchant } = products;
    const mug = await onSale(products);
    const orderId = await sold([mug], 3);
    const first = back(orderId, "r1", mug, 1);
    await Promise.all([first, first, first].map((one) => orders.returnStock(one)));
    await otherOrders.returnStock(first);
    await orders.returnStock(back(orderId, "r2", mug, 2));
    assert.deepEqual(await stockOf(db, mug), { available: 10, reserved: 0, sold: 0 });
    const { stockMovements } = await merchant.listStockMovements({ id: mug, pageToken: "" });
    assert.deepEqual(
      stockMovements.map(({ delta, reason, actor }) => [delta, reason, actor]),
      [
        [2, "return", "order"],
        [1, "return", "order"],
        [-3, "sold", "order"],
        [10, "initial", "m1"],
      ],
    );
    assert.deepEqual(stockMovements[0]?.orderId, orderId);
  });

  it("are never more than were sold, all lines or none, however many come at once", async () => {
    const { db, orders, otherOrders } = products;
    for (let round = 0; round < 10; round++) {
      const mug = await onSale(products);
      const pot = await onSale(products);
      const orderId = await sold([mug, pot], 3);
      const outcomes = await Promise.all(
        Array.from({ length: 8 }, async (_, index) => {
          const lines = [mug, pot].map((productId) => ({ productId, quantity: 1 }));
          const wish = { returnId: `r${index}`, orderId, lines };
          return (index % 2 ? orders : otherOrders).returnStock(wish).then(
            () => "taken",
            async (error) => (await faultOf(Promise.reject(error))).reason,
          );
        }),
      );
      assert.equal(outcomes.filter((outcome) => outcome === "taken").length, 3);
      assert.equal(outcomes.filter((outcome) => outcome === "INVALID_FIELD").length, 5);
      for (const productId of [mug, pot]) {
        assert.deepEqual(await stockOf(db, productId), { available: 10, reserved: 0, sold: 0 });
      }
      const more = { returnId: "more", orderId, lines: back(orderId, "", mug, 1).lines };
      assert.equal(await reasonOf(orders.returnStock(more)), "INVALID_FIELD");
    }
  });

  it("are settled first when the order's CommitStock is late", async () => {
    const { db, orders } = products;
    const mug = await onSale(products);
    const wish = order([mug], 2);
    await orders.reserveStock(wish);
    await orders.returnStock(back(wish.orderId, "r", mug, 1));
    await orders.commitStock({ orderIds: [wish.orderId] });
    assert.deepEqual(await stockOf(db, mug), { available: 9, reserved: 0, sold: 1 });
  });

  it("leave only the rest for a release", async () => {
    const { db, orders } = products;
    const mug = await onSale(products);
    const orderId = await sold([mug], 3);
    await Promise.all([
      orders.returnStock(back(orderId, "r", mug, 2)).catch(() => undefined),
      orders.releaseStock({ orderId }),
    ]);
    await orders.releaseStock({ orderId });
    assert.deepEqual(await stockOf(db, mug), { available: 10, reserved: 0, sold: 0 });
    const late = orders.returnStock(back(orderId, "late", mug, 1));
    assert.equal(await reasonOf(late), "RESERVATION_CLOSED");
  });

  it("have been sold to somebody", async () => {
    const { db, orders, anyone } = products;
    const mug = await onSale(products);
    const pot = await onSale(products);
    const orderId = await sold([mug], 1);
    const unknown = orders.returnStock(back("nobody", "r", mug, 1));
    assert.equal(await reasonOf(unknown), "RESERVATION_CLOSED");
    assert.equal(await reasonOf(orders.returnStock(back(orderId, "r", pot, 1))), "INVALID_FIELD");
    assert.equal(await reasonOf(anyone.returnStock(back(orderId, "r", mug, 1))), "ROLE_REQUIRED");
    assert.deepEqual(await stockOf(db, mug), { available: 9, reserved: 0, sold: 1 });
  });
});
