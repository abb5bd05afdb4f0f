import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { Payment_Status, Refund_Status } from "#gen/tradepost/payment/v1/payment.ts";
import { assertUndone, eventsOf, reasonOf, untilKnown } from "./checks.ts";
import { chargeOf, type StartedPayments, startPayments } from "./testing.ts";

const usd = (amount: bigint) => ({ currencyCode: "USD", amount });

describe("refund of an order", () => {
  let mesh: StartedPayments;
  before(async () => {
    mesh = await startPayments();
  });
  after(() => mesh.stop());

  it("pays back all, once, however often it is asked", async () => {
    const wish = chargeOf();
    const { orderId } = wish;
    await mesh.order.charge(wish);
    const ask = () => untilKnown(() => mesh.order.refund({ orderId, reason: "cancelled" }));
    const answers = await Promise.all(Array.from({ length: 8 }, ask));
    for (const { payment } of [...answers, await ask()]) {
      assert.equal(payment?.refunded?.amount, 1_000n);
      assert.equal(payment?.refunds.length, 1);
      assert.equal(payment?.refunds[0]?.status, Refund_Status.SUCCEEDED);
    }
    await assertUndone(mesh, orderId);
    assert.deepEqual(await eventsOf(mesh.db, orderId), [
      ["PaymentSucceeded", "1"],
      ["PaymentRefunded", "2"],
    ]);
    assert.equal(await reasonOf(mesh.order.charge(wish)), "WRONG_PAYMENT_STATE");
  });

  it("that overtakes the charge forbids it", async () => {
    const wish = chargeOf();
    const { orderId } = wish;
    assert.equal((await mesh.order.refund({ orderId, reason: "" })).payment, undefined);
    assert.equal((await mesh.order.refund({ orderId, reason: "" })).payment, undefined);
    assert.equal(await reasonOf(mesh.order.charge(wish)), "WRONG_PAYMENT_STATE");
    assert.equal(await mesh.atStripe(orderId), undefined);
    assert.deepEqual((await mesh.support.listPayments({ orderId })).payments, []);
  });

  it("ends a charge that was begun and not confirmed", async () => {
    const wish = chargeOf();
    const { orderId } = wish;
    const path = "POST /v1/payment_intents/*/confirm";
    await mesh.fault("500_before", path, { match: { path, orderId } });
    await reasonOf(mesh.order.charge(wish));
    const { payment } = await mesh.order.refund({ orderId, reason: "cancelled" });
    assert.equal(payment?.status, Payment_Status.CANCELLED);
    assert.equal(await reasonOf(mesh.order.charge(wish)), "WRONG_PAYMENT_STATE");
    assert.deepEqual(await eventsOf(mesh.db, orderId), []);
    await assertUndone(mesh, orderId);
  });

  it("at the same time as the charge leaves nothing charged", async () => {
    for (let round = 0; round < 20; round++) {
      const wish = chargeOf();
      const { orderId } = wish;
      const undo = () => mesh.order.refund({ orderId, reason: "" });
      const [reason] = await Promise.all([
        reasonOf(untilKnown(() => mesh.order.charge(wish))),
        untilKnown(undo),
        untilKnown(undo),
      ]);
      assert.ok(["none", "WRONG_PAYMENT_STATE"].includes(reason), reason);
      await untilKnown(undo);
      await assertUndone(mesh, orderId);
    }
  });

  it("pays back what partial refunds left", async () => {
    const wish = chargeOf();
    const { orderId } = wish;
    const { payment } = await mesh.order.charge(wish);
    const id = payment?.id ?? "";
    await mesh.support.refundPayment({ id, amount: usd(333n), reason: "a scratch" });
    const undone = await mesh.order.refund({ orderId, reason: "cancelled" });
    assert.deepEqual(
      undone.payment?.refunds.map(({ amount }) => amount?.amount),
      [333n, 667n],
    );
    await assertUndone(mesh, orderId);
  });
});
