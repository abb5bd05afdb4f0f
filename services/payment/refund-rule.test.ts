import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import type { Refund, RefundStatus } from "./payment.ts";
import { wishOf } from "./refund-rule.ts";
import { takeShares } from "./shares.ts";

const share = (merchantId: string, amount: bigint) => ({ merchantId, amount });

const refund = (key: string, status: RefundStatus, amount = 100n): Refund => ({
  id: `id of ${key}`,
  paymentId: "p-1",
  ...{ key, amount, status },
  reason: "",
  stripeRefundId: undefined,
  shares: undefined,
  createTime: new Date(0),
});

describe("the key of a part", () => {
  it("is one wish, and a new one once that was refused", () => {
    assert.deepEqual(wishOf("part/r", [], 100n), { key: "part/r" });
    for (const status of ["pending", "succeeded"] as const) {
      const known = refund("part/r", status);
      assert.deepEqual(wishOf("part/r", [known, refund("part/r2", "failed")], 100n), { known });
    }
    const first = refund("part/r", "failed");
    assert.deepEqual(wishOf("part/r", [first], 100n), { key: "part/r/2" });
    const second = refund("part/r/2", "pending");
    assert.deepEqual(wishOf("part/r", [first, second], 100n), { known: second });
    const third = [first, { ...second, status: "failed" as const }];
    assert.deepEqual(wishOf("part/r", third, 100n), { key: "part/r/3" });
  });

  it("is of one amount", () => {
    assert.throws(() => wishOf("part/r", [refund("part/r", "failed", 99n)], 100n), {
      reason: "WRONG_PAYMENT_STATE",
    });
  });
});

describe("the shares of a refund", () => {
  const left = [share("m-1", 700n), share("m-2", 200n), share("", 100n)];

  it("are as they were said", () => {
    assert.deepEqual(takeShares(left, 250n, [share("m-2", 200n), share("m-1", 50n)]), {
      parts: [share("m-1", 50n), share("m-2", 200n)],
      left: [share("m-1", 650n), share("", 100n)],
    });
  });

  it("come from the others where less is left than was said", () => {
    assert.deepEqual(takeShares(left, 290n, [share("m-2", 290n)]), {
      parts: [share("m-1", 79n), share("m-2", 200n), share("", 11n)],
      left: [share("m-1", 621n), share("", 89n)],
    });
    assert.deepEqual(takeShares(left, 80n, [share("gone", 80n)]).parts, [
      share("m-1", 56n),
      share("m-2", 16n),
      share("", 8n),
    ]);
  });

  it("lose nothing, whatever was said", () => {
    const amounts = fc.array(fc.bigInt(1n, 1_000n), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(amounts, amounts, (lefts, wishes) => {
        const has = lefts.map((amount, index) => share(`m-${index}`, amount));
        const said = wishes.map((amount, index) => share(`m-${index}`, amount));
        const sum = (shares: readonly { amount: bigint }[]) =>
          shares.reduce((total, { amount }) => total + amount, 0n);
        const amount = sum(said);
        fc.pre(amount <= sum(has));
        const taken = takeShares(has, amount, said);
        assert.equal(sum(taken.parts), amount);
        assert.equal(sum(taken.left), sum(has) - amount);
        const rest = new Map(taken.left.map((one) => [one.merchantId, one.amount]));
        for (const { merchantId, amount: part } of taken.parts) {
          const had = has.find((one) => one.merchantId === merchantId)?.amount ?? 0n;
          assert.equal(had - part, rest.get(merchantId) ?? 0n);
        }
      }),
    );
  });
});
