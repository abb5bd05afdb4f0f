import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "mocha";
import { Payment_Capture, Payment_Status } from "#gen/tradepost/payment/v1/payment.ts";
import {
  assertChargedOnce,
  assertUndone,
  balances,
  eventsOf,
  reasonOf,
  untilKnown,
} from "./checks.ts";
import { chargeOf, type StartedPayments, signed, startPayments } from "./testing.ts";

const CAPTURE = "POST /v1/payment_intents/*/capture";

describe("a payment that is taken on shipment", () => {
  let mesh: StartedPayments;
  before(async () => {
    mesh = await startPayments();
  });
  afterEach(() => mesh.calm());
  after(() => mesh.stop());

  async function authorized() {
    const wish = chargeOf({ capture: Payment_Capture.ON_SHIPMENT });
    const { orderId } = wish;
    const { payment } = await mesh.order.charge(wish);
    const [intentId = ""] = (await mesh.atStripe(orderId))?.intents ?? [];
    return { wish, orderId, intentId, payment };
  }
  const capture = (orderId: string) => untilKnown(() => mesh.order.capture({ orderId }));
  const statusOf = async (orderId: string) =>
    (await mesh.support.listPayments({ orderId })).payments[0]?.status;
  const tell = (type: string, intentId: string) => {
    const event = { id: `evt_${type}_${intentId}`, type, data: { object: { id: intentId } } };
    const { request, as } = signed(event, "whsec_new");
    return mesh.hooks.handleStripeEvent(request, as);
  };

  it("is only set aside: nothing is charged, booked or told", async () => {
    const { wish, orderId, payment } = await authorized();
    assert.equal(payment?.status, Payment_Status.AUTHORIZED);
    assert.equal(payment?.capture, Payment_Capture.ON_SHIPMENT);
    assert.deepEqual((await mesh.order.charge(wish)).payment, payment);
    assert.equal((await mesh.atStripe(orderId))?.captured, 0);
    assert.deepEqual(await balances(mesh.db, orderId), {});
    assert.deepEqual(await eventsOf(mesh.db, orderId), []);
  });

  it("is captured once, however often and at once it is asked", async () => {
    const { wish, orderId } = await authorized();
    const other = mesh.replica().capturing;
    const answers = await Promise.all([
      ...Array.from({ length: 4 }, () => capture(orderId)),
      ...Array.from({ length: 4 }, () =>
        untilKnown(() => other.capture(orderId, { traceparent: "" })),
      ),
    ]);
    assert.equal(answers.length, 8);
    const { payment } = await capture(orderId);
    assert.equal(payment?.status, Payment_Status.SUCCEEDED);
    assert.deepEqual((await mesh.order.charge(wish)).payment, payment);
    await assertChargedOnce(mesh, orderId);
    await mesh.order.refund({ orderId, reason: "cancelled" });
    await assertUndone(mesh, orderId);
    assert.equal(await reasonOf(mesh.order.capture({ orderId })), "WRONG_PAYMENT_STATE");
  });

  for (const kind of ["500_before", "500_after", "timeout_after", "409", "429"]) {
    it(`is captured once, whatever becomes of the answer: ${kind}`, async () => {
      const { orderId } = await authorized();
      await mesh.fault(kind, CAPTURE, { match: { path: CAPTURE, orderId }, ms: 10 });
      const { payment } = await capture(orderId);
      assert.equal(payment?.status, Payment_Status.SUCCEEDED);
      await assertChargedOnce(mesh, orderId);
    });
  }

  it("whose capture's answer was lost is recorded by the webhook, or by the recovery", async () => {
    for (const teller of ["webhook", "recovery"]) {
      mesh.endpoint.isOn = false;
      const { orderId, intentId } = await authorized();
      await mesh.fault("500_after", CAPTURE, { match: { path: CAPTURE, orderId } });
      const path = "GET /v1/payment_intents/*";
      await mesh.fault("500_before", path, { match: { path, orderId } });
      assert.equal(await reasonOf(mesh.order.capture({ orderId })), "DEPENDENCY_DOWN");
      assert.equal(await statusOf(orderId), Payment_Status.AUTHORIZED);
      await (teller === "webhook" ? tell("payment_intent.succeeded", intentId) : mesh.recover());
      await assertChargedOnce(mesh, orderId);
      mesh.endpoint.isOn = true;
    }
  });

  it("is voided by a Refund of its order: nothing was ever charged", async () => {
    const { wish, orderId, intentId } = await authorized();
    const { payment } = await mesh.order.refund({ orderId, reason: "cancelled" });
    assert.equal(payment?.status, Payment_Status.CANCELLED);
    assert.equal((await mesh.provider.readIntent(intentId)).state.kind, "cancelled");
    assert.equal(await reasonOf(mesh.order.capture({ orderId })), "WRONG_PAYMENT_STATE");
    assert.equal(await reasonOf(mesh.order.charge(wish)), "WRONG_PAYMENT_STATE");
    assert.equal((await mesh.atStripe(orderId))?.captured, 0);
    assert.deepEqual(await eventsOf(mesh.db, orderId), []);
  });

  it("captured and undone at the same time has nothing charged in the end", async () => {
    for (let round = 0; round < 10; round++) {
      const { orderId } = await authorized();
      await Promise.all([
        reasonOf(mesh.order.capture({ orderId })),
        reasonOf(mesh.order.refund({ orderId, reason: "" })),
        reasonOf(mesh.order.capture({ orderId })),
      ]);
      await untilKnown(() => mesh.order.refund({ orderId, reason: "" }));
      await assertUndone(mesh, orderId);
    }
  });

  it("is declined once its authorisation has ended", async () => {
    mesh.endpoint.isOn = false;
    const [told, untold] = [await authorized(), await authorized()];
    await Promise.all([told, untold].map(({ intentId }) => mesh.expire(intentId)));
    await tell("payment_intent.canceled", told.intentId);
    for (const { orderId } of [told, untold]) {
      const error = await mesh.order.capture({ orderId }).catch((thrown: unknown) => thrown);
      const { reason, metadata } = error as { reason: string; metadata: { declineCode: string } };
      assert.deepEqual(
        [reason, metadata.declineCode],
        ["PAYMENT_DECLINED", "authorization_expired"],
      );
      assert.deepEqual(await eventsOf(mesh.db, orderId), [["PaymentFailed", "1"]]);
      const { payment } = await mesh.order.refund({ orderId, reason: "cancelled" });
      assert.equal(payment?.status, Payment_Status.FAILED);
    }
    mesh.endpoint.isOn = true;
  });

  it("that the bank does not let go any more is declined, and given back", async () => {
    const { orderId, intentId } = await authorized();
    await mesh.fault("decline", CAPTURE, { match: { path: CAPTURE, orderId } });
    assert.equal(await reasonOf(mesh.order.capture({ orderId })), "PAYMENT_DECLINED");
    const { payments } = await mesh.support.listPayments({ orderId });
    assert.equal(payments[0]?.declineCode, "capture_charge_authorization_expired");
    assert.equal((await mesh.provider.readIntent(intentId)).state.kind, "cancelled");
  });

  it("waits for its person first where the bank wants that", async () => {
    mesh.endpoint.isOn = false;
    const wish = chargeOf({
      capture: Payment_Capture.ON_SHIPMENT,
      paymentMethod: "pm_card_threeDSecure2Required",
    });
    const { orderId } = wish;
    const first = await mesh.order.charge(wish);
    assert.equal(first.payment?.status, Payment_Status.REQUIRES_ACTION);
    assert.equal(await reasonOf(mesh.order.capture({ orderId })), "WRONG_PAYMENT_STATE");
    const [intentId = ""] = (await mesh.atStripe(orderId))?.intents ?? [];
    await mesh.authenticate(intentId, "success");
    await tell("payment_intent.amount_capturable_updated", intentId);
    const { payment } = await mesh.order.charge(wish);
    assert.equal(payment?.status, Payment_Status.AUTHORIZED);
    assert.equal(payment?.nextAction, undefined);
    await capture(orderId);
    await assertChargedOnce(mesh, orderId);
    mesh.endpoint.isOn = true;
  });

  it("is nobody's to capture who has none, or was charged at once", async () => {
    const unknown = mesh.order.capture({ orderId: "order-of-nobody" });
    assert.equal(await reasonOf(unknown), "PAYMENT_NOT_FOUND");
    const wish = chargeOf();
    const { payment } = await mesh.order.charge(wish);
    assert.deepEqual((await mesh.order.capture(wish)).payment, payment);
    await assertChargedOnce(mesh, wish.orderId);
  });
});
