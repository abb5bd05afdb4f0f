import assert from "node:assert/strict";
import fc from "fast-check";
import { after, before, describe, it } from "mocha";
import { Refund_Status } from "#gen/tradepost/payment/v1/payment.ts";
import { assertUndone, balances, eventsOf, reasonOf, untilKnown } from "./checks.ts";
import { chargeOf, type StartedPayments, startPayments } from "./testing.ts";

const usd = (amount: bigint) => ({ currencyCode: "USD", amount });

/** A part that goes back whole to one merchant's account. */
const part = (key: string, amount: bigint, merchantId = "m-1") => ({
  key,
  amount: usd(amount),
  shares: [{ merchantId, amount: usd(amount) }],
});

describe("refund of a part of an order", () => {
  let mesh: StartedPayments;
  before(async () => {
    mesh = await startPayments();
  });
  after(() => mesh.stop());

  async function charged() {
    const wish = chargeOf();
    await mesh.order.charge(wish);
    return wish.orderId;
  }
  const refund = (orderId: string, of: ReturnType<typeof part>) =>
    mesh.order.refund({ orderId, reason: "return", part: of });

  it("takes the shares as they are given", async () => {
    const orderId = await charged();
    const { payment } = await refund(orderId, {
      key: "return-1",
      amount: usd(350n),
      shares: [
        { merchantId: "m-2", amount: usd(200n) },
        { merchantId: "m-1", amount: usd(150n) },
      ],
    });
    assert.equal(payment?.refunded?.amount, 350n);
    assert.deepEqual(
      payment?.refunds.map(({ amount, status, reason }) => [amount?.amount, status, reason]),
      [[350n, Refund_Status.SUCCEEDED, "return"]],
    );
    assert.deepEqual(await balances(mesh.db, orderId), {
      cash: 1_000n - 59n - 350n,
      fees: 59n,
      "merchant:m-1": -700n + 150n,
      "merchant:m-2": 0n,
      shop: -100n,
    });
  });

  it("is one for one key, however often it is asked, also at once", async () => {
    const orderId = await charged();
    const ask = () => untilKnown(() => refund(orderId, part("return-1", 300n)));
    const answers = [...(await Promise.all(Array.from({ length: 6 }, ask))), await ask()];
    for (const { payment } of answers) {
      assert.equal(payment?.refunded?.amount, 300n);
      assert.equal(payment?.refunds.length, 1);
    }
    assert.equal((await mesh.atStripe(orderId))?.refunded, 300);
    await refund(orderId, part("return-2", 300n));
    assert.equal((await mesh.atStripe(orderId))?.refunded, 600);
  });

  it("is refused for another amount, for more than is left, and for what was not charged", async () => {
    const orderId = await charged();
    await refund(orderId, part("return-1", 700n));
    const reasons = await Promise.all([
      reasonOf(refund(orderId, part("return-1", 699n))),
      reasonOf(refund(orderId, part("return-2", 301n))),
      reasonOf(refund(`${orderId}-unknown`, part("return-1", 1n))),
    ]);
    assert.deepEqual(reasons, [
      "WRONG_PAYMENT_STATE",
      "REFUND_EXCEEDS_CHARGE",
      "WRONG_PAYMENT_STATE",
    ]);
    const declined = chargeOf({ paymentMethod: "pm_card_visa_chargeDeclined" });
    await reasonOf(mesh.order.charge(declined));
    assert.equal(
      await reasonOf(refund(declined.orderId, part("return-1", 1n))),
      "WRONG_PAYMENT_STATE",
    );
    const sums = { ...part("return-3", 10n), amount: usd(11n) };
    assert.equal(await reasonOf(refund(orderId, sums)), "INVALID_FIELD");
    assert.equal((await mesh.atStripe(orderId))?.refunded, 700);
    assert.equal(await reasonOf(refund(orderId, part("return-1", 700n))), "none");
  });

  it("whose answer was lost is made once", async () => {
    const orderId = await charged();
    for (const path of ["POST /v1/refunds", "GET /v1/refunds"]) {
      await mesh.fault(path.startsWith("POST") ? "500_after" : "500_before", path);
    }
    assert.equal(await reasonOf(refund(orderId, part("return-1", 300n))), "DEPENDENCY_DOWN");
    const { payment } = await untilKnown(() => refund(orderId, part("return-1", 300n)));
    assert.equal(payment?.refunds.length, 1);
    assert.equal((await mesh.atStripe(orderId))?.refunded, 300);
  });

  it("leaves nothing anywhere once the rest is paid back, whatever the parts were", async () => {
    const sizes = fc.array(fc.tuple(fc.bigInt(1n, 400n), fc.constantFrom("m-1", "m-2", "")), {
      maxLength: 4,
    });
    await fc.assert(
      fc.asyncProperty(sizes, async (parts) => {
        const orderId = await charged();
        await Promise.all(
          parts.map(([amount, merchantId], index) =>
            reasonOf(untilKnown(() => refund(orderId, part(`r-${index}`, amount, merchantId)))),
          ),
        );
        await untilKnown(() => mesh.order.refund({ orderId, reason: "the rest" }));
        await assertUndone(mesh, orderId);
        assert.equal((await eventsOf(mesh.db, orderId))[0]?.[0], "PaymentSucceeded");
      }),
      { numRuns: 15, endOnFailure: true },
    );
  }).timeout(60_000);
});
