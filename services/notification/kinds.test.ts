import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { wordsOf } from "./kinds.ts";

describe("the words of a notification", () => {
  const confirmed = (currency: string, minor: bigint) =>
    wordsOf("ORDER_CONFIRMED", { orderId: "o1", pieces: 2, amount: { currency, minor } }).body;

  it("name the order and its total in the currency's own digits", () => {
    assert.equal(confirmed("USD", 2_497n), "Order o1 is confirmed: 2 pieces, $24.97.");
    assert.equal(confirmed("JPY", 2_497n), "Order o1 is confirmed: 2 pieces, ¥2,497.");
    assert.equal(confirmed("KWD", 5n), "Order o1 is confirmed: 2 pieces, KWD\u00a00.005.");
    assert.equal(confirmed("IQD", 2_497n), "Order o1 is confirmed: 2 pieces, IQD\u00a02.497.");
  });

  it("never round an amount", () => {
    assert.match(confirmed("USD", 900_719_925_474_099_301n), /\$9,007,199,254,740,993\.01/);
  });
});
