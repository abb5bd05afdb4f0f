import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "mocha";
import { Payment_Status } from "#gen/tradepost/payment/v1/payment.ts";
import { assertChargedOnce, assertUndone, balances, eventsOf, reasonOf } from "./checks.ts";
import { chargeOf, type StartedPayments, signed, startPayments } from "./testing.ts";

const READ = "GET /v1/payment_intents/*";

describe("a charge that waits for its person", () => {
  let mesh: StartedPayments;
  before(async () => {
    mesh = await startPayments();
    // What Stripe tells is told by the tests.
    mesh.endpoint.isOn = false;
  });
  afterEach(() => mesh.calm());
  after(() => mesh.stop());

  async function waiting(paymentMethod = "pm_card_threeDSecure2Required") {
    const wish = chargeOf({ paymentMethod });
    const { orderId } = wish;
    const { payment } = await mesh.order.charge(wish);
    const [intentId = ""] = (await mesh.atStripe(orderId))?.intents ?? [];
    return { wish, orderId, intentId, payment };
  }
  const tell = (type: string, intentId: string) => {
    const event = { id: `evt_${type}_${intentId}`, type, data: { object: { id: intentId } } };
    const { request, as } = signed(event, "whsec_new");
    return mesh.hooks.handleStripeEvent(request, as);
  };
  const askLongAgo = (orderId: string) =>
    mesh.db.query(
      "update payments set asked_at = now() - interval '31 seconds' where order_id = $1",
      [orderId],
    );
  async function failReads(orderId: string) {
    await mesh.fault("500_before", READ, { match: { path: READ, orderId } });
    return async () => (await mesh.faults()).length === 1;
  }

  it("says what is to be done, and books nothing", async () => {
    const { orderId, payment, intentId } = await waiting();
    assert.equal(payment?.status, Payment_Status.REQUIRES_ACTION);
    const { type, url, clientSecret } = payment?.nextAction ?? {};
    assert.equal(type, "redirect_to_url");
    assert.ok(url?.endsWith(`/_3ds/${intentId}`), url);
    assert.ok(clientSecret?.startsWith(`${intentId}_secret_`), "the intent's secret");
    assert.deepEqual(await balances(mesh.db, orderId), {});
    assert.deepEqual(await eventsOf(mesh.db, orderId), []);
  });

  it("answers from its row, and asks Stripe at most each 30 s", async () => {
    const { wish, orderId, intentId, payment } = await waiting();
    await mesh.authenticate(intentId, "success");
    const isUnread = await failReads(orderId);
    for (let time = 0; time < 3; time++) {
      assert.deepEqual((await mesh.order.charge(wish)).payment, payment);
    }
    assert.ok(await isUnread(), "Stripe was asked");
    await askLongAgo(orderId);
    const lost = await mesh.order.charge(wish);
    assert.equal(lost.payment?.status, Payment_Status.REQUIRES_ACTION);
    assert.ok(!(await isUnread()), "Stripe was not asked");
    await askLongAgo(orderId);
    const { payment: paid } = await mesh.order.charge(wish);
    assert.equal(paid?.status, Payment_Status.SUCCEEDED);
    assert.equal(paid?.nextAction, undefined);
    await assertChargedOnce(mesh, orderId);
  });

  it("is charged when Stripe tells that the person did it", async () => {
    const { wish, orderId, intentId } = await waiting();
    await mesh.authenticate(intentId, "success");
    await tell("payment_intent.succeeded", intentId);
    await tell("payment_intent.requires_action", intentId);
    const { payment } = await mesh.order.charge(wish);
    assert.equal(payment?.status, Payment_Status.SUCCEEDED);
    await assertChargedOnce(mesh, orderId);
  });

  it("is charged by the recovery when nobody tells", async () => {
    const { wish, orderId, intentId } = await waiting();
    await mesh.authenticate(intentId, "success");
    await mesh.recover();
    await assertChargedOnce(mesh, orderId);
    assert.equal((await mesh.order.charge(wish)).payment?.status, Payment_Status.SUCCEEDED);
  });

  for (const [paymentMethod, outcome, code] of [
    ["pm_card_threeDSecure2Required", "fail", "payment_intent_authentication_failure"],
    ["pm_card_threeDSecureRequiredChargeDeclined", "success", "generic_decline"],
  ] as const) {
    it(`is declined for good: ${code}`, async () => {
      const { wish, orderId, intentId } = await waiting(paymentMethod);
      await mesh.authenticate(intentId, outcome);
      await tell("payment_intent.payment_failed", intentId);
      for (let time = 0; time < 2; time++) {
        const error = await mesh.order.charge(wish).catch((thrown: unknown) => thrown);
        const { reason, metadata } = error as { reason: string; metadata: { declineCode: string } };
        assert.deepEqual([reason, metadata.declineCode], ["PAYMENT_DECLINED", code]);
      }
      assert.deepEqual(await eventsOf(mesh.db, orderId), [["PaymentFailed", "1"]]);
      assert.equal((await mesh.provider.readIntent(intentId)).state.kind, "cancelled");
    });
  }

  it("is ended by a Refund of its order, and the person comes too late", async () => {
    const { wish, orderId, intentId } = await waiting();
    const { payment } = await mesh.order.refund({ orderId, reason: "not completed" });
    assert.equal(payment?.status, Payment_Status.CANCELLED);
    assert.equal(payment?.nextAction, undefined);
    await mesh.authenticate(intentId, "success");
    await tell("payment_intent.canceled", intentId);
    assert.equal(await reasonOf(mesh.order.charge(wish)), "WRONG_PAYMENT_STATE");
    await assertUndone(mesh, orderId);
  });

  it("at the same time as its Refund is charged and paid back, or not charged", async () => {
    for (let round = 0; round < 10; round++) {
      const { wish, orderId, intentId } = await waiting();
      await Promise.all([
        mesh.authenticate(intentId, "success"),
        reasonOf(mesh.order.refund({ orderId, reason: "" })),
        reasonOf(tell("payment_intent.succeeded", intentId)),
        reasonOf(mesh.order.charge(wish)),
      ]);
      await mesh.order.refund({ orderId, reason: "" });
      await assertUndone(mesh, orderId);
    }
  });

  it("whose answer was lost waits likewise", async () => {
    const wish = chargeOf({ paymentMethod: "pm_card_threeDSecure2Required" });
    const { orderId } = wish;
    const path = "POST /v1/payment_intents/*/confirm";
    await mesh.fault("500_after", path, { match: { path, orderId } });
    await failReads(orderId);
    assert.equal(await reasonOf(mesh.order.charge(wish)), "DEPENDENCY_DOWN");
    const { payment } = await mesh.order.charge(wish);
    assert.equal(payment?.status, Payment_Status.REQUIRES_ACTION);
    assert.equal((await mesh.atStripe(orderId))?.intents.length, 1);
  });
});
