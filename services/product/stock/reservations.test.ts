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

describe("a reservation", () => {
  let products: Products;
  before(async () => {
    products = await startProducts();
  });
  afterEach(() => assertAddsUp(products.db));
  after(() => products.stop());

  it("holds all lines, at the price of the moment and in the order asked for", async () => {
    const { db, orders } = products;
    const mug = await onSale(products, { name: "Mug" });
    const pot = await onSale(products, {
      name: "Pot",
      price: { currencyCode: "USD", amount: 4_500n },
    });
    const { lines } = await orders.reserveStock(order([pot, mug], 2));
    const line = { merchantId: "m1", quantity: 2 };
    assert.deepEqual(lines, [
      {
        ...line,
        productId: pot,
        name: "Pot",
        unitPrice: { currencyCode: "USD", amount: 4_500n },
      },
      {
        ...line,
        productId: mug,
        name: "Mug",
        unitPrice: { currencyCode: "USD", amount: 1_999n },
      },
    ]);
    assert.deepEqual(await stockOf(db, mug), { available: 8, reserved: 2, sold: 0 });
  });

  it("is the same one when asked for again, at the old price", async () => {
    const { db, orders, merchant } = products;
    const mug = await onSale(products, { stock: 2 });
    const wish = order([mug], 2);
    const first = await orders.reserveStock(wish);
    await merchant.updateProduct({
      id: mug,
      product: { ...noChanges, price: { currencyCode: "USD", amount: 1n } },
      updateMask: ["price"],
    });
    assert.deepEqual(await orders.reserveStock(wish), first);
    await orders.commitStock({ orderIds: [wish.orderId] });
    assert.deepEqual(await orders.reserveStock(wish), first);
    assert.deepEqual(await stockOf(db, mug), { available: 0, reserved: 0, sold: 2 });
  });

  it("is made once by calls that come together, also from two replicas", async () => {
    const { db, orders, otherOrders } = products;
    for (let round = 0; round < 10; round++) {
      const mug = await onSale(products, { stock: 1 });
      const wish = order([mug]);
      const calls = [orders, otherOrders, orders, otherOrders].map((client) =>
        client.reserveStock(wish),
      );
      const answers = await Promise.all(calls);
      assert.equal(new Set(answers.map(({ lines }) => lines[0]?.productId)).size, 1);
      assert.deepEqual(await stockOf(db, mug), { available: 0, reserved: 1, sold: 0 });
    }
  });

  it("takes nothing when one line cannot be had", async () => {
    const { db, orders } = products;
    const mug = await onSale(products);
    const rare = await onSale(products, { stock: 1 });
    assert.deepEqual(await faultOf(orders.reserveStock(order([mug, rare], 2))), {
      reason: "OUT_OF_STOCK",
      message: `${rare}: 2 asked, 1 left`,
      metadata: { productId: rare },
      fields: [],
    });
    assert.deepEqual(await stockOf(db, mug), { available: 10, reserved: 0, sold: 0 });
  });

  it("needs products that are on sale, in one currency, each named once", async () => {
    const { orders, merchant } = products;
    const mug = await onSale(products);
    const gone = await onSale(products);
    await merchant.deleteProduct({ id: gone });
    const yen = await onSale(products, { price: { currencyCode: "JPY", amount: 300n } });
    for (const missing of ["nothing", gone]) {
      const { reason, metadata } = await faultOf(orders.reserveStock(order([mug, missing])));
      assert.deepEqual([reason, metadata], ["PRODUCT_NOT_FOUND", { productId: missing }]);
    }
    assert.equal(await reasonOf(orders.reserveStock(order([mug, yen]))), "MIXED_CURRENCIES");
    const twice = await faultOf(orders.reserveStock(order([mug, mug])));
    assert.deepEqual([twice.reason, twice.fields], ["INVALID_FIELD", ["lines[1].productId"]]);
  });

  it("is refused once ReleaseStock has overtaken it", async () => {
    const { db, orders } = products;
    const mug = await onSale(products);
    const wish = order([mug]);
    await orders.releaseStock(wish);
    await orders.releaseStock(wish);
    assert.equal(await reasonOf(orders.reserveStock(wish)), "RESERVATION_CLOSED");
    await orders.commitStock({ orderIds: [wish.orderId] });
    assert.deepEqual(await stockOf(db, mug), { available: 10, reserved: 0, sold: 0 });
  });

  it("is sold once, however often it is committed", async () => {
    const { db, orders, merchant } = products;
    const mug = await onSale(products);
    const wish = order([mug], 3);
    await orders.reserveStock(wish);
    const orderIds = [wish.orderId, "unknown"];
    await Promise.all([orders.commitStock({ orderIds }), orders.commitStock({ orderIds })]);
    await orders.commitStock({ orderIds });
    assert.deepEqual(await stockOf(db, mug), { available: 7, reserved: 0, sold: 3 });
    const { stockMovements } = await merchant.listStockMovements({ id: mug, pageToken: "" });
    const { orderId } = wish;
    assert.deepEqual(
      stockMovements.map(({ delta, reason, orderId, actor }) => ({
        delta,
        reason,
        orderId,
        actor,
      })),
      [
        { delta: -3, reason: "sold", orderId, actor: "order" },
        { delta: 10, reason: "initial", orderId: "", actor: "m1" },
      ],
    );
  });

  it("goes back on the shelf, held or sold, once", async () => {
    const { db, orders } = products;
    const mug = await onSale(products);
    const held = order([mug], 2);
    const sold = order([mug], 3);
    await Promise.all([orders.reserveStock(held), orders.reserveStock(sold)]);
    await orders.commitStock({ orderIds: [sold.orderId] });
    await Promise.all([held, sold, held, sold].map((wish) => orders.releaseStock(wish)));
    assert.deepEqual(await stockOf(db, mug), { available: 10, reserved: 0, sold: 0 });
    assert.equal(await reasonOf(orders.reserveStock(sold)), "RESERVATION_CLOSED");
  });

  it("is for the order service only", async () => {
    const { anyone, admin } = products;
    assert.equal(await reasonOf(anyone.reserveStock(order(["p"]))), "ROLE_REQUIRED");
    assert.equal(await reasonOf(admin.commitStock({ orderIds: ["o"] })), "ROLE_REQUIRED");
  });
});

const noChanges = { sku: "", name: "", description: "", categories: [], attributes: {} };
