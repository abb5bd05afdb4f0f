import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { Product_Status } from "#gen/tradepost/product/v1/product.ts";
import {
  aProduct,
  assertAddsUp,
  faultOf,
  onSale,
  type Products,
  reasonOf,
  startProducts,
} from "./testing.ts";

const noChanges = { sku: "", name: "", description: "", categories: [], attributes: {} };
const named = (name: string) => ({ ...noChanges, name });

describe("the catalogue", () => {
  let products: Products;
  before(async () => {
    products = await startProducts();
  });
  after(async () => {
    await assertAddsUp(products.db);
    await products.stop();
  });

  it("shows what a merchant put on sale", async () => {
    const { merchant, anyone, db } = products;
    const written = aProduct({
      name: "Blue mug",
      description: "Holds tea",
      categories: ["Kitchen"],
      attributes: { colour: "blue" },
    });
    const { product } = await merchant.createProduct(written);
    assert(product);
    const { id, createTime, updateTime, ...rest } = product;
    assert.deepEqual(rest, {
      ...written,
      merchantId: "m1",
      status: Product_Status.ACTIVE,
      etag: "1-1",
    });
    assert.deepEqual(updateTime, createTime);
    assert.deepEqual((await anyone.getProduct({ id })).product, product);
    assert.deepEqual(await eventsOf(db, id), [["ProductCreated", "1"]]);
  });

  it("answers a batch in the order asked for, without what it does not know", async () => {
    const { anyone } = products;
    const [one, two] = [await onSale(products), await onSale(products)];
    const { products: found } = await anyone.batchGetProducts({ ids: [two, "nothing", one] });
    assert.deepEqual(
      found.map(({ id }) => id),
      [two, one],
    );
  });

  it("creates once for one idempotency key, and has each SKU once", async () => {
    const { merchant, db } = products;
    const written = aProduct();
    const as = { idempotencyKey: "create-1" };
    const calls = await Promise.all([1, 2, 3].map(() => merchant.createProduct(written, as)));
    assert.equal(new Set(calls.map(({ product }) => product?.id)).size, 1);
    assert.deepEqual(await eventsOf(db, calls[0]?.product?.id), [["ProductCreated", "1"]]);
    assert.equal(await reasonOf(merchant.createProduct(written)), "SKU_TAKEN");
    const id = await onSale(products);
    const product = { ...noChanges, sku: written.sku };
    assert.equal(await reasonOf(merchant.updateProduct({ id, product })), "SKU_TAKEN");
  });

  it("is written by merchants and admins, each product by its own", async () => {
    const { merchant, rival, admin, customer, anyone } = products;
    const id = await onSale(products);
    assert.equal(await reasonOf(customer.createProduct(aProduct())), "ROLE_REQUIRED");
    assert.equal(await reasonOf(anyone.createProduct(aProduct())), "MISSING_CREDENTIALS");
    assert.equal(await reasonOf(rival.updateProduct({ id, product: named("Mine") })), "NOT_OWNER");
    assert.equal(await reasonOf(rival.deleteProduct({ id })), "NOT_OWNER");
    assert.equal(await reasonOf(rival.adjustStock({ id, delta: 1, reason: "x" })), "NOT_OWNER");
    assert.equal(
      await reasonOf(rival.listStockMovements({ id, pageToken: "" })),
      "PRODUCT_NOT_FOUND",
    );
    assert.equal(await reasonOf(merchant.deleteProduct({ id: "nothing" })), "PRODUCT_NOT_FOUND");
    const { product } = await admin.updateProduct({ id, product: named("Corrected") });
    assert.deepEqual([product?.name, product?.merchantId], ["Corrected", "m1"]);
  });

  it("changes a product only if its etag still is the one given", async () => {
    const { merchant, db } = products;
    const id = await onSale(products);
    const change = (name: string, etag: string) =>
      merchant.updateProduct({ id, product: named(name), etag });
    const races = ["A", "B", "C"].map((name) =>
      change(name, "1-1").then(
        () => "done",
        async (error: unknown) => (await faultOf(Promise.reject(error))).reason,
      ),
    );
    assert.deepEqual((await Promise.all(races)).sort(), ["STALE_ETAG", "STALE_ETAG", "done"]);
    await merchant.adjustStock({ id, delta: -1, reason: "broken" });
    assert.equal(await reasonOf(change("D", "2-1")), "STALE_ETAG");
    assert.equal((await change("D", "2-2")).product?.etag, "3-2");
    assert.equal(await reasonOf(change("D", "2-2")), "STALE_ETAG");
    assert.equal((await change("D", "*")).product?.etag, "3-2");
    assert.deepEqual(await eventsOf(db, id), [
      ["ProductCreated", "1"],
      ["ProductUpdated", "2"],
      ["ProductUpdated", "3"],
    ]);
  });

  it("keeps an archived product readable, off every list", async () => {
    const { merchant, anyone, db } = products;
    const id = await onSale(products, { categories: ["Gone"] });
    await merchant.deleteProduct({ id, etag: "1-1" });
    await merchant.deleteProduct({ id, etag: "1-1" });
    const { product } = await anyone.getProduct({ id });
    assert.equal(product?.status, Product_Status.ARCHIVED);
    const found = await anyone.listProducts({
      query: "",
      category: "Gone",
      inStock: false,
      pageToken: "",
    });
    assert.deepEqual(found.products, []);
    const { categories } = await anyone.listCategories({});
    assert.equal(
      categories.find(({ name }) => name === "Gone"),
      undefined,
    );
    assert.deepEqual((await eventsOf(db, id)).at(-1), ["ProductArchived", "2"]);
  });

  it("adjusts stock by the ledger, never below nothing, and shows it at once", async () => {
    const { merchant, anyone } = products;
    const id = await onSale(products, { stock: 3 });
    const adjust = (delta: number) => merchant.adjustStock({ id, delta, reason: "counted" });
    assert.deepEqual(await faultOf(adjust(-4)), {
      reason: "OUT_OF_STOCK",
      message: `${id}: 4 to be taken away, 3 left`,
      metadata: { productId: id },
      fields: [],
    });
    const zero = await faultOf(adjust(0));
    assert.deepEqual([zero.reason, zero.fields], ["INVALID_FIELD", ["delta"]]);
    const as = { idempotencyKey: "adjust-1" };
    const once = { id, delta: -3, reason: "counted" };
    await Promise.all([merchant.adjustStock(once, as), merchant.adjustStock(once, as)]);
    assert.equal((await anyone.getProduct({ id })).product?.stock, 0);
    for (const delta of [5, 6]) {
      assert.equal((await adjust(delta)).product?.stock, delta === 5 ? 5 : 11);
    }
    const first = await merchant.listStockMovements({ id, pageSize: 2, pageToken: "" });
    const rest = await merchant.listStockMovements({
      id,
      pageSize: 2,
      pageToken: first.nextPageToken ?? "",
    });
    const movements = [...first.stockMovements, ...rest.stockMovements];
    assert.deepEqual(
      movements.map(({ delta }) => delta),
      [6, 5, -3, 3],
    );
    assert.equal(rest.nextPageToken, undefined);
  });
});

async function eventsOf(db: Products["db"], id: string | undefined) {
  const { rows } = await db.query(
    "select type, payload from outbox where key = $1 and topic = 'products' order by id",
    [id],
  );
  return rows.map(({ type, payload }) => [type.split(".").at(-1), JSON.parse(payload).sequence]);
}
