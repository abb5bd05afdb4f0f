import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { Refund_Status } from "#gen/tradepost/payment/v1/payment.ts";
import { assertUndone, balances, eventsOf, reasonOf } from "./checks.ts";
import { chargeOf, type StartedPayments, startPayments } from "./testing.ts";

const usd = (amount: bigint) => ({ currencyCode: "USD", amount });

describe("refund of a payment", () => {
  let mesh: StartedPayments;
  before(async () => {
    mesh = await startPayments();
  });
  after(() => mesh.stop());

  async function charged() {
    const wish = chargeOf();
    const { payment } = await mesh.order.charge(wish);
    return { orderId: wish.orderId, id: payment?.id ?? "" };
  }

  it("takes a part from each share, by largest remainder", async () => {
    const { id, orderId } = await charged();
    const request = { id, amount: usd(55n), reason: "late" };
    const { payment } = await mesh.support.refundPayment(request);
    assert.equal(payment?.refunded?.amount, 55n);
    assert.equal(payment?.refunds[0]?.status, Refund_Status.SUCCEEDED);
    assert.deepEqual(await balances(mesh.db, orderId), {
      cash: 1_000n - 59n - 55n,
      fees: 59n,
      "merchant:m-1": -700n + 39n,
      "merchant:m-2": -200n + 11n,
      shop: -100n + 5n,
    });
  });

  it("never exceeds the charge, however many run at once", async () => {
    const { id, orderId } = await charged();
    const reasons = await Promise.all(
      Array.from({ length: 10 }, () =>
        reasonOf(mesh.support.refundPayment({ id, amount: usd(150n), reason: "each" })),
      ),
    );
    assert.equal(reasons.filter((reason) => reason === "none").length, 6);
    assert.equal(reasons.filter((reason) => reason === "REFUND_EXCEEDS_CHARGE").length, 4);
    const rest = await mesh.support.refundPayment({ id, amount: undefined, reason: "the rest" });
    assert.equal(rest.payment?.refunded?.amount, 1_000n);
    const more = mesh.support.refundPayment({ id, amount: undefined, reason: "more" });
    assert.equal(await reasonOf(more), "REFUND_EXCEEDS_CHARGE");
    await assertUndone(mesh, orderId);
  });

  it("is one for one key, and tells each asker the same", async () => {
    const { id, orderId } = await charged();
    const request = { id, amount: usd(100n), reason: "once" };
    const as = { idempotencyKey: "refund-once" };
    const ask = () => mesh.support.refundPayment(request, as);
    const answers = await Promise.all([ask(), ask(), ask()]);
    const again = await ask();
    for (const answer of answers) {
      assert.deepEqual(answer, again);
    }
    assert.equal(again.payment?.refunds[0]?.status, Refund_Status.SUCCEEDED);
    const other = mesh.support.refundPayment({ ...request, amount: usd(1n) }, as);
    assert.equal(await reasonOf(other), "IDEMPOTENCY_KEY_REUSED");
    assert.equal((await mesh.atStripe(orderId))?.refunded, 100);
  });

  it("that a crash left half done is finished by the recovery, with the same key", async () => {
    for (const kind of ["500_before", "500_after"]) {
      const { id, orderId } = await charged();
      const path = "POST /v1/refunds";
      await mesh.fault(kind, path, { match: { path, orderId } });
      await mesh.fault("500_before", "GET /v1/refunds");
      const request = { id, amount: usd(400n), reason: "crash" };
      const as = { idempotencyKey: `crash ${kind}` };
      assert.equal(await reasonOf(mesh.support.refundPayment(request, as)), "DEPENDENCY_DOWN");
      const { payment } = await mesh.support.getPayment({ id });
      assert.equal(payment?.refunds[0]?.status, Refund_Status.PENDING);
      assert.equal(payment?.refunded?.amount, 400n);
      await mesh.recover({});
      const fresh = await mesh.support.getPayment({ id });
      assert.equal(fresh.payment?.refunds[0]?.status, Refund_Status.PENDING);
      await mesh.db.query(
        "update refunds set updated_at = updated_at - interval '16 s' where payment_id = $1",
        [id],
      );
      await mesh.recover({});
      const told = await mesh.support.refundPayment(request, as);
      assert.equal(told.payment?.refunds.length, 1);
      assert.equal(told.payment?.refunds[0]?.status, Refund_Status.SUCCEEDED);
      assert.equal((await mesh.atStripe(orderId))?.refunded, 400);
    }
  });

  it("whose key Stripe may have forgotten is looked up first", async () => {
    const { id, orderId } = await charged();
    const path = "POST /v1/refunds";
    await mesh.fault("500_after", path, { match: { path, orderId } });
    await mesh.fault("500_before", "GET /v1/refunds");
    await reasonOf(mesh.support.refundPayment({ id, amount: usd(400n), reason: "old" }));
    await mesh.db.query(
      "update refunds set created_at = now() - interval '24 hours' where payment_id = $1",
      [id],
    );
    await mesh.fault("500_before", path, { match: { path, orderId } });
    await mesh.recover();
    const { payment } = await mesh.support.getPayment({ id });
    assert.equal(payment?.refunds[0]?.status, Refund_Status.SUCCEEDED);
    assert.equal((await mesh.atStripe(orderId))?.refunded, 400);
    assert.equal((await mesh.faults()).length, 1, "the key was not used again");
    await mesh.calm();
  });

  it("of a bank that takes its time is pending until Stripe tells", async () => {
    const wish = chargeOf({ paymentMethod: "pm_card_pendingRefund" });
    const { payment } = await mesh.order.charge(wish);
    const id = payment?.id ?? "";
    const first = await mesh.support.refundPayment({ id, amount: usd(10n), reason: "slow" });
    assert.equal(first.payment?.refunds[0]?.status, Refund_Status.PENDING);
    for (;;) {
      const { payment: now } = await mesh.support.getPayment({ id });
      if (now?.refunds[0]?.status === Refund_Status.SUCCEEDED) {
        break;
      }
    }
    assert.deepEqual((await eventsOf(mesh.db, wish.orderId)).at(-1), ["PaymentRefunded", "2"]);
  });

  it("is refused when it is not of this currency, not positive, or of nothing", async () => {
    const { id } = await charged();
    const ask = (more: object) =>
      reasonOf(mesh.support.refundPayment({ id, amount: undefined, reason: "no", ...more }));
    assert.equal(await ask({ amount: { currencyCode: "EUR", amount: 1n } }), "INVALID_FIELD");
    assert.equal(await ask({ amount: usd(0n) }), "INVALID_FIELD");
    assert.equal(await ask({ amount: usd(-1n) }), "INVALID_FIELD");
    assert.equal(await ask({ amount: usd(1_001n) }), "REFUND_EXCEEDS_CHARGE");
    assert.equal(await ask({ id: "nobody-knows" }), "PAYMENT_NOT_FOUND");
    const declined = chargeOf({ paymentMethod: "pm_card_visa_chargeDeclined" });
    await reasonOf(mesh.order.charge(declined));
    const { payments } = await mesh.support.listPayments({ orderId: declined.orderId });
    assert.equal(await ask({ id: payments[0]?.id }), "WRONG_PAYMENT_STATE");
  });
});
