import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { decide, type Shelf } from "./stock.ts";

const shelf = (productId: string, available: bigint, currency = "USD"): Shelf => ({
  productId,
  available,
  currency,
});
const wish = (orderId: string, quantities: Readonly<Record<string, number>>) => ({
  orderId,
  lines: Object.entries(quantities).map(([productId, quantity]) => ({ productId, quantity })),
});

describe("scarce stock", () => {
  it("is given in order of arrival, and a refused order takes nothing", () => {
    const wishes = [wish("a", { mug: 2 }), wish("b", { mug: 2, pot: 1 }), wish("c", { mug: 1 })];
    const { granted, refused } = decide(wishes, [shelf("mug", 3n), shelf("pot", 9n)]);
    assert.deepEqual(
      granted.map(({ orderId }) => orderId),
      ["a", "c"],
    );
    assert.deepEqual(
      refused.map(({ wish, fault }) => [wish.orderId, fault.message, fault.metadata]),
      [["b", "mug: 2 asked, 1 left", { productId: "mug" }]],
    );
  });

  it("names what is missing before what is short", () => {
    const shelves = [shelf("mug", 0n), shelf("yen", 5n, "JPY")];
    const wishes = [wish("a", { mug: 1, nothing: 1 }), wish("b", { mug: 1, yen: 1 })];
    const { granted, refused } = decide(wishes, shelves);
    assert.deepEqual(granted, []);
    assert.deepEqual(
      refused.map(({ fault }) => fault.reason),
      ["PRODUCT_NOT_FOUND", "MIXED_CURRENCIES"],
    );
  });
});
