import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { Fault } from "#kit/errors.ts";
import { type IntentState, nextStep } from "./intent.ts";
import {
  captured,
  charged,
  isOpen,
  type Payment,
  type PaymentStatus,
  TRANSITIONS,
} from "./payment.ts";
import { refundAmount } from "./refund-rule.ts";
import { divideRefund, sharesOf } from "./shares.ts";

const usd = (amount: bigint) => ({ currencyCode: "USD", amount });
const statuses = Object.keys(TRANSITIONS) as PaymentStatus[];

const payment: Payment = {
  id: "p-1",
  orderId: "o-1",
  userId: "u-1",
  status: "succeeded",
  closed: false,
  currency: "USD",
  amount: 1_000n,
  refunded: 0n,
  paymentMethod: "pm_card_visa",
  customerId: undefined,
  capture: "automatic",
  nextAction: undefined,
  dispute: undefined,
  shares: [{ merchantId: "m-1", amount: 1_000n }],
  sharesLeft: [{ merchantId: "m-1", amount: 1_000n }],
  intentId: "pi_1",
  declineCode: "",
  sequence: 1n,
  version: 3n,
  createTime: new Date(0),
  updateTime: new Date(0),
};

const sumOf = (shares: readonly { amount: bigint }[]) =>
  shares.reduce((sum, { amount }) => sum + amount, 0n);

const reason = (work: () => unknown) => {
  try {
    work();
    return "none";
  } catch (error) {
    return error instanceof Fault ? error.reason : String(error);
  }
};

describe("a payment", () => {
  it("only goes forward: no status is reached again", () => {
    const reach = (from: PaymentStatus): PaymentStatus[] =>
      TRANSITIONS[from].flatMap((to) => [to, ...reach(to)]);
    for (const status of statuses) {
      assert.ok(!reach(status).includes(status));
    }
    assert.deepEqual(statuses.filter(isOpen), ["processing", "requires_action", "authorized"]);
  });

  it("answers a charge by how it ended", () => {
    const answers = statuses.map((status) => [
      status,
      reason(() => charged({ ...payment, status })),
    ]);
    assert.deepEqual(Object.fromEntries(answers), {
      processing: "Error: payment p-1 is still processing",
      requires_action: "none",
      authorized: "none",
      succeeded: "none",
      failed: "PAYMENT_DECLINED",
      cancelled: "WRONG_PAYMENT_STATE",
    });
    assert.equal(
      reason(() => charged({ ...payment, closed: true })),
      "WRONG_PAYMENT_STATE",
    );
  });

  it("answers a capture by how it ended", () => {
    const answers = statuses.map((status) => [
      status,
      reason(() => captured({ ...payment, status })),
    ]);
    assert.deepEqual(Object.fromEntries(answers), {
      processing: "WRONG_PAYMENT_STATE",
      requires_action: "WRONG_PAYMENT_STATE",
      authorized: "WRONG_PAYMENT_STATE",
      succeeded: "none",
      failed: "PAYMENT_DECLINED",
      cancelled: "PAYMENT_DECLINED",
    });
    for (const status of statuses) {
      const closed = { ...payment, status, closed: true };
      assert.equal(
        reason(() => captured(closed)),
        "WRONG_PAYMENT_STATE",
      );
    }
  });

  it("is ended only by what an intent cannot come back from", () => {
    const next = (state: IntentState) => nextStep(state);
    assert.equal(next({ kind: "untried" }), undefined);
    assert.equal(next({ kind: "underWay" }), undefined);
    assert.deepEqual(next({ kind: "declined", declineCode: "x" }), { cancel: true });
    const action = { type: "redirect_to_url", url: "https://bank.test", clientSecret: "secret" };
    assert.deepEqual(next({ kind: "needsPerson", action }), {
      hold: { status: "requires_action", action },
    });
    const captureBefore = new Date(7);
    assert.deepEqual(next({ kind: "authorized", captureBefore }), {
      hold: { status: "authorized", captureBefore },
    });
    const ends = [
      next({ kind: "cancelled", declineCode: "x" }),
      next({ kind: "cancelled", declineCode: undefined }),
      next({ kind: "succeeded", chargeId: "ch_1", fee: 1n }),
    ].map((step) => step && "end" in step && step.end.status);
    assert.deepEqual(ends, ["failed", "cancelled", "succeeded"]);
  });

  it("is paid back up to what is left", () => {
    const partly = { ...payment, refunded: 400n };
    assert.equal(refundAmount(partly, undefined), 600n);
    assert.equal(refundAmount(partly, usd(600n)), 600n);
    assert.equal(
      reason(() => refundAmount(partly, usd(601n))),
      "REFUND_EXCEEDS_CHARGE",
    );
    const whole = { ...payment, refunded: 1_000n };
    assert.equal(
      reason(() => refundAmount(whole, undefined)),
      "REFUND_EXCEEDS_CHARGE",
    );
  });
});

describe("shares", () => {
  it("sum to the amount, in its currency, one for each merchant", () => {
    const money = { currency: "USD", amount: 100n };
    const share = (merchantId: string, amount: bigint, currencyCode = "USD") => ({
      merchantId,
      amount: { currencyCode, amount },
    });
    const kept = [{ merchantId: "m-1", amount: 100n }];
    assert.deepEqual(sharesOf([share("m-1", 100n), share("", 0n)], money), kept);
    for (const wrong of [
      [],
      [share("m-1", 99n)],
      [share("m-1", 50n), share("m-1", 50n)],
      [share("m-1", 101n), share("", -1n)],
      [share("m-1", 100n, "EUR")],
    ]) {
      assert.equal(
        reason(() => sharesOf(wrong, money)),
        "INVALID_FIELD",
      );
    }
  });

  it("lose nothing to partial refunds, whatever their number and sizes", () => {
    const amounts = fc.array(fc.bigInt(1n, 10_000n), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(amounts, amounts, (shares, wishes) => {
        let left = shares.map((amount, index) => ({ merchantId: `m-${index}`, amount }));
        let rest = shares.reduce((sum, amount) => sum + amount, 0n);
        const take = (amount: bigint) => {
          const divided = divideRefund(left, amount);
          left = divided.left;
          rest -= amount;
          assert.equal(sumOf(divided.parts), amount);
          assert.equal(sumOf(left), rest);
          assert.ok(left.every((share) => share.amount > 0n));
        };
        for (const wish of wishes) {
          if (wish < rest) {
            take(wish);
          }
        }
        take(rest);
      }),
    );
  });
});
