import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { catalogueCache, type Ref } from "./catalogue-cache.ts";
import { onSale, order, type Products, startProducts } from "./testing.ts";

const everything = { query: "", category: "", inStock: false, pageToken: "" };

describe("the catalogue's cache", () => {
  let products: Products;
  before(async () => {
    products = await startProducts();
  });
  after(() => products.stop());

  it("never shows what has been written over, not even by another replica", async () => {
    const { merchant, orders, otherOrders } = products;
    const id = await onSale(products, { name: "Mug 0" });
    for (let round = 1; round <= 20; round++) {
      const product = {
        sku: "",
        name: `Mug ${round}`,
        description: "",
        categories: [],
        attributes: {},
      };
      await merchant.updateProduct({ id, product });
      await merchant.adjustStock({ id, delta: 5, reason: "more" });
      await otherOrders.reserveStock(order([id], 2));
      const expected = { name: `Mug ${round}`, stock: 10 + 3 * round };
      for (const replica of [orders, otherOrders]) {
        const [listed] = (await replica.listProducts(everything)).products;
        assert.deepEqual({ name: listed?.name, stock: listed?.stock }, expected);
        assert.deepEqual(listed, (await replica.getProduct({ id })).product);
      }
    }
  });

  it("answers the same when it is too small to keep anything", async () => {
    const { db } = products;
    const ids = await Promise.all(Array.from({ length: 5 }, () => onSale(products)));
    const refs: Ref[] = ids.map((id) => ({ id, version: 1n, available: 10n, stockVersion: 1n }));
    const [small, large] = [catalogueCache(db, { max: 2 }), catalogueCache(db)];
    for (let round = 0; round < 2; round++) {
      const reads = await Promise.all([small, small, large].map((cache) => cache.read(refs)));
      for (const read of reads) {
        assert.deepEqual(
          read.map(({ id }) => id),
          ids,
        );
      }
    }
  });
});
