import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { Fault } from "./errors.ts";
import { add, allocate, divide, exponentOf, format, multiply } from "./money.ts";

const usd = (amount: bigint) => ({ currency: "USD", amount });

describe("money", () => {
  it("adds up in one currency", () => {
    assert.deepEqual(add(usd(1_999n), usd(1n), usd(-500n)), usd(1_500n));
    assert.throws(
      () => add(usd(1n), { currency: "JPY", amount: 1n }),
      (error) => error instanceof Fault && error.reason === "MIXED_CURRENCIES",
    );
  });

  it("never outgrows what is stored", () => {
    assert.deepEqual(multiply(usd(1_999n), 3), usd(5_997n));
    assert.throws(() => multiply(usd(2n ** 62n), 4), Fault);
  });

  it("is divided by largest remainder, the first of equals first", () => {
    assert.deepEqual(allocate(100n, [1n, 1n, 1n]), [34n, 33n, 33n]);
    assert.deepEqual(allocate(5n, [3n, 3n, 1n, 0n]), [2n, 2n, 1n, 0n]);
    assert.deepEqual(divide(usd(-100n), [1n, 2n]), [usd(-33n), usd(-67n)]);
    assert.deepEqual(allocate(0n, [0n, 0n]), [0n, 0n]);
    assert.throws(() => allocate(1n, [0n]), RangeError);
  });

  it("is divided without loss, each part within a unit of its share", () => {
    const weights = fc.array(fc.bigInt(0n, 10n ** 12n), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(fc.bigInt(-(10n ** 15n), 10n ** 15n), weights, (amount, shares) => {
        const total = shares.reduce((sum, share) => sum + share, 0n);
        fc.pre(total > 0n);
        const parts = allocate(amount, shares);
        assert.equal(
          parts.reduce((sum, part) => sum + part, 0n),
          amount,
        );
        for (const [index, part] of parts.entries()) {
          const off = part * total - amount * (shares[index] as bigint);
          assert.ok(off < total && off > -total);
        }
      }),
    );
  });

  it("is written with its currency's decimal places", () => {
    assert.deepEqual(["USD", "JPY", "KWD"].map(exponentOf), [2, 0, 3]);
    assert.equal(format(usd(-5n)), "-0.05 USD");
    assert.equal(format({ currency: "JPY", amount: 1_200n }), "1200 JPY");
    assert.equal(format({ currency: "KWD", amount: 12_345n }), "12.345 KWD");
  });
});
