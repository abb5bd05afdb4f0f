import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { Dispute_Status, Payment_Status } from "#gen/tradepost/payment/v1/payment.ts";
import { inTransaction } from "#kit/db.ts";
import { balances, eventsOf, reasonOf } from "./checks.ts";
import { lockMerchant } from "./payout-balance.ts";
import { type StartedPayments, startPayments } from "./testing.ts";
import { chargedBy, tellOfDispute, usd } from "./testing-books.ts";

const OPENED = ["created", "funds_withdrawn"];
const FEE = 1_500n;

describe("a dispute", () => {
  let mesh: StartedPayments;
  before(async () => {
    mesh = await startPayments();
    // What Stripe tells is told here, in this test's order.
    mesh.endpoint.isOn = false;
  });
  after(() => mesh.stop());

  const tell = (id: string, type: string) => tellOfDispute(mesh, id, type);
  const charged = () => chargedBy(mesh);
  async function disputed(wishes: { amount?: number } = {}) {
    const sale = await charged();
    const { id: disputeId } = await mesh.bank(sale.intentId, wishes);
    for (const type of OPENED) {
      await tell(disputeId, type);
    }
    return { ...sale, disputeId };
  }
  const paymentOf = async (id: string) => (await mesh.support.getPayment({ id })).payment;
  const available = async (merchantId: string) =>
    (await inTransaction(mesh.db, (tx) => lockMerchant(tx, merchantId)))[0]?.available ?? 0n;
  const atFirst = {
    cash: 941n,
    fees: 59n,
    "merchant:m-1": -700n,
    "merchant:m-2": -200n,
    shop: -100n,
  };

  it("withholds the money, and nothing of it is paid back or out until it is decided", async () => {
    const before = await available("m-1");
    const { orderId, paymentId, disputeId } = await disputed();
    const payment = await paymentOf(paymentId);
    assert.deepEqual(payment?.dispute, {
      id: disputeId,
      status: Dispute_Status.OPEN,
      amount: usd(1_000n),
      reason: "fraudulent",
    });
    assert.equal(payment?.status, Payment_Status.SUCCEEDED);
    assert.deepEqual(await balances(mesh.db, orderId), {
      ...atFirst,
      cash: 941n - 1_000n - FEE,
      disputes: 1_000n,
      fees: 59n + FEE,
    });
    assert.deepEqual(await eventsOf(mesh.db, orderId), [
      ["PaymentSucceeded", "1"],
      ["PaymentDisputed", "2"],
    ]);
    for (const refused of [
      mesh.support.refundPayment({ id: paymentId, amount: usd(1n), reason: "no" }),
      mesh.order.refund({ orderId, reason: "undo" }),
    ]) {
      const error = await refused.then(
        () => undefined,
        (thrown) => thrown,
      );
      assert.equal(error?.reason, "WRONG_PAYMENT_STATE");
      assert.equal(error?.metadata.disputed, "true");
    }
    assert.equal(await available("m-1"), before);
  });

  it("that is won brings the money back, and all goes on", async () => {
    const { orderId, paymentId, disputeId } = await disputed();
    const before = await available("m-1");
    await mesh.bank(disputeId, { outcome: "won" });
    await tell(disputeId, "closed");
    assert.equal((await paymentOf(paymentId))?.dispute?.status, Dispute_Status.WON);
    assert.deepEqual(await balances(mesh.db, orderId), {
      ...atFirst,
      cash: 941n - FEE,
      disputes: 0n,
      fees: 59n + FEE,
    });
    assert.equal(await available("m-1"), before + 700n);
    const { payment } = await mesh.order.refund({ orderId, reason: "undo" });
    assert.deepEqual(payment?.refunded, usd(1_000n));
    assert.equal((await mesh.atStripe(orderId))?.refunded, 1_000);
  });

  it("that is lost counts as paid back: the same money never goes back twice", async () => {
    const { orderId, paymentId, disputeId } = await disputed();
    await mesh.bank(disputeId, { outcome: "lost" });
    await tell(disputeId, "closed");
    const lost = {
      cash: 941n - 1_000n - FEE,
      disputes: 0n,
      fees: 59n + FEE,
      "merchant:m-1": 0n,
      "merchant:m-2": 0n,
      shop: 0n,
    };
    assert.deepEqual(await balances(mesh.db, orderId), lost);
    const more = mesh.support.refundPayment({ id: paymentId, amount: usd(1n), reason: "no" });
    assert.equal(await reasonOf(more), "REFUND_EXCEEDS_CHARGE");
    const { payment } = await mesh.order.refund({ orderId, reason: "undo" });
    assert.deepEqual(payment?.refunded, usd(1_000n));
    assert.deepEqual(payment?.refunds, []);
    assert.equal((await mesh.atStripe(orderId))?.refunded, 0);
    assert.deepEqual(await balances(mesh.db, orderId), lost);
    assert.deepEqual(await eventsOf(mesh.db, orderId), [
      ["PaymentSucceeded", "1"],
      ["PaymentDisputed", "2"],
      ["PaymentDisputeClosed", "3"],
    ]);
  });

  it("over more than what is left takes from the merchants only what is left", async () => {
    const { orderId, paymentId, intentId } = await charged();
    await mesh.support.refundPayment({ id: paymentId, amount: usd(400n), reason: "scratched" });
    const { id } = await mesh.bank(intentId, { amount: 1_000, outcome: "lost" });
    await tell(id, "created");
    await mesh.bank(id, { outcome: "lost" });
    await tell(id, "closed");
    assert.deepEqual((await paymentOf(paymentId))?.refunded, usd(1_000n));
    const { cash, ...owed } = await balances(mesh.db, orderId);
    assert.equal(cash, 941n - 400n - 1_000n - FEE);
    assert.deepEqual(owed, {
      disputes: 0n,
      fees: 59n + FEE,
      "merchant:m-1": 0n,
      "merchant:m-2": 0n,
      shop: 400n,
    });
  });

  it("that only asks moves no money", async () => {
    const { orderId, paymentId, intentId } = await charged();
    const { id } = await mesh.bank(intentId, { inquiry: true });
    await tell(id, "created");
    assert.deepEqual(await balances(mesh.db, orderId), atFirst);
    await mesh.bank(id, { outcome: "lost" });
    await tell(id, "closed");
    assert.equal((await paymentOf(paymentId))?.dispute?.status, Dispute_Status.WON);
    assert.deepEqual(await balances(mesh.db, orderId), atFirst);
  });

  it("of another shop's charge is taken and left", async () => {
    const form = {
      amount: "700",
      currency: "usd",
      payment_method: "pm_card_visa",
      "allowed_payment_method_types[]": "card",
      confirm: "true",
    };
    const { id: intentId } = await mesh.behind("/v1/payment_intents", form);
    await tell((await mesh.bank(intentId)).id, "created");
  });
});
