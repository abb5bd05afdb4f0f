import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { Fault } from "#kit/errors.ts";
import { demoProducts, demoStock } from "./demo-products.ts";
import { toDraft } from "./messages.ts";
import { archive, checkOwner, create, type Draft, update } from "./product.ts";

const then = new Date("2026-01-01T00:00:00Z");
const now = new Date("2026-01-02T00:00:00Z");
const draft: Draft = {
  sku: "MUG-1",
  name: "Mug",
  description: "",
  price: { currency: "USD", amount: 1_999n },
  categories: ["Kitchen"],
  attributes: { colour: "blue", size: "L" },
};

describe("a product", () => {
  const mug = create(draft, { id: "p1", merchantId: "m1", now: then }).product;

  it("goes on sale in its first version", () => {
    const expected = { id: "p1", merchantId: "m1", status: "active", version: 1n };
    assert.deepEqual(mug, { ...draft, ...expected, createdAt: then, updatedAt: then });
  });

  it("tells its previous price only when that changed", () => {
    const renamed = update(mug, { name: "Cup" }, now);
    assert.deepEqual(renamed, {
      product: { ...mug, name: "Cup", version: 2n, updatedAt: now },
      facts: [{ type: "updated", previousPrice: undefined }],
    });
    const cheaper = update(mug, { price: { currency: "USD", amount: 1_499n } }, now);
    assert.deepEqual(cheaper.facts, [{ type: "updated", previousPrice: draft.price }]);
  });

  it("does not change by the same values, in whatever order its attributes come", () => {
    const same = { ...draft, attributes: { size: "L", colour: "blue" } };
    assert.deepEqual(update(mug, same, now), { product: mug, facts: [] });
  });

  it("is archived once, and then stays as it is", () => {
    const first = archive(mug, now);
    assert.deepEqual(first.facts, [{ type: "archived" }]);
    assert.deepEqual(archive(first.product, now), { product: first.product, facts: [] });
    assert.throws(() => update(first.product, { name: "Cup" }, now), reason("PRODUCT_NOT_FOUND"));
  });

  it("is changed by its merchant or an admin", () => {
    checkOwner(mug, { userId: "m1", isAdmin: false });
    checkOwner(mug, { userId: "a1", isAdmin: true });
    assert.throws(() => checkOwner(mug, { userId: "m2", isAdmin: false }), reason("NOT_OWNER"));
  });

  it("needs a name, a SKU and a price that multiplies", () => {
    const prices = [-1n, 1_000_000_000_001n].map((amount) => ({
      price: { currency: "USD", amount },
    }));
    for (const wrong of [{ name: "" }, { sku: "" }, ...prices]) {
      assert.throws(() => update(mug, wrong, now), reason("INVALID_FIELD"));
    }
  });

  it("takes the fields that a mask names, or else those that are set", () => {
    const none = { sku: "", name: "", description: "", price: undefined };
    const changes = { ...none, name: "Cup", categories: [], attributes: {} };
    assert.deepEqual(toDraft(changes), { name: "Cup" });
    assert.deepEqual(toDraft(changes, ["description", "categories"]), {
      description: "",
      categories: [],
    });
    assert.throws(() => toDraft(changes, ["stock"]), reason("INVALID_FIELD"));
    assert.throws(() => toDraft(changes, ["price"]), reason("INVALID_FIELD"));
  });
});

describe("the demo shop", () => {
  it("has the same 200 products each time, all different", () => {
    const products = demoProducts("m").map(({ product }) => product);
    assert.deepEqual(
      products,
      demoProducts("m").map(({ product }) => product),
    );
    for (const key of ["id", "sku", "name"] as const) {
      assert.equal(new Set(products.map((product) => product[key])).size, 200);
    }
    assert.deepEqual(products[0]?.price, { currency: "USD", amount: 1_999n });
    const stocks = ["prod-001", "prod-198", "prod-199", "prod-200"].map(demoStock);
    assert.deepEqual(stocks, [1_000_000, 1_000_000, 1, 0]);
  });
});

function reason(expected: string) {
  return (error: unknown) => error instanceof Fault && error.reason === expected;
}
