import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "mocha";
import { Payment_Status } from "#gen/tradepost/payment/v1/payment.ts";
import { assertChargedOnce, assertUndone, balances, eventsOf, untilKnown } from "./checks.ts";
import { chargeOf, type StartedPayments, startPayments } from "./testing.ts";

const FAULTS = ["500_before", "500_after", "timeout_after", "409", "429"] as const;
const CREATE = "POST /v1/payment_intents";
const CONFIRM = "POST /v1/payment_intents/*/confirm";
const CANCEL = "POST /v1/payment_intents/*/cancel";
const READ = "GET /v1/payment_intents/*";
const REFUND = "POST /v1/refunds";

describe("a charge while Stripe answers nonsense", () => {
  let mesh: StartedPayments;
  before(async () => {
    mesh = await startPayments({ timeoutMs: 300 });
    // Nothing but the calls themselves may save them.
    mesh.endpoint.isOn = false;
  });
  afterEach(() => mesh.calm());
  after(() => mesh.stop());

  for (const kind of FAULTS) {
    for (const [step, path] of Object.entries({ create: CREATE, confirm: CONFIRM })) {
      it(`is one charge after ${kind} to ${step}`, async () => {
        const wish = chargeOf();
        await mesh.fault(kind, path, { match: { path, orderId: wish.orderId } });
        const { payment } = await untilKnown(() => mesh.order.charge(wish));
        assert.equal(payment?.status, Payment_Status.SUCCEEDED);
        await assertChargedOnce(mesh, wish.orderId);
      });
    }

    it(`is one refund after ${kind}`, async () => {
      const { orderId, ...wish } = chargeOf();
      await mesh.order.charge({ ...wish, orderId });
      await mesh.fault(kind, REFUND, { match: { path: REFUND, orderId } });
      const { payment } = await untilKnown(() => mesh.order.refund({ orderId, reason: "undo" }));
      assert.equal(payment?.refunded?.amount, 1_000n);
      assert.equal(payment?.refunds.length, 1);
      await assertUndone(mesh, orderId);
    });

    it(`is declined for good after ${kind} to confirm and to cancel`, async () => {
      const wish = chargeOf({ paymentMethod: "pm_card_visa_chargeDeclined" });
      for (const path of [CONFIRM, CANCEL]) {
        await mesh.fault(kind, path, { match: { path, orderId: wish.orderId } });
      }
      const reason = await untilKnown(() => mesh.order.charge(wish)).catch(
        (error: { reason: string }) => error.reason,
      );
      assert.equal(reason, "PAYMENT_DECLINED");
      assert.deepEqual(await balances(mesh.db, wish.orderId), {});
      assert.deepEqual(await eventsOf(mesh.db, wish.orderId), [["PaymentFailed", "1"]]);
    });
  }

  it("is found by the recovery when nobody asks again", async () => {
    const wish = chargeOf();
    await mesh.fault("timeout_after", CONFIRM, { match: { path: CONFIRM, orderId: wish.orderId } });
    await mesh.fault("500_before", READ);
    await assert.rejects(mesh.order.charge(wish), /not known yet/);
    assert.deepEqual(await balances(mesh.db, wish.orderId), {});
    await mesh.recover();
    await assertChargedOnce(mesh, wish.orderId);
  });

  it("is not begun by the recovery", async () => {
    const wish = chargeOf();
    await mesh.fault("500_before", CONFIRM, { match: { path: CONFIRM, orderId: wish.orderId } });
    await assert.rejects(mesh.order.charge(wish));
    await mesh.recover();
    assert.equal((await mesh.atStripe(wish.orderId))?.captured, 0);
    const { payments } = await mesh.support.listPayments({ orderId: wish.orderId });
    assert.equal(payments[0]?.status, Payment_Status.PROCESSING);
  });
});

describe("Stripe, when it is dead", () => {
  it("is not waited for any more after some calls", async () => {
    const mesh = await startPayments();
    try {
      await mesh.fault("500_before", CREATE, { times: 60 });
      const messages: string[] = [];
      for (let call = 0; call < 25; call++) {
        await mesh.order.charge(chargeOf()).catch((error: Error) => messages.push(error.message));
      }
      assert.equal(
        messages.at(0),
        "creating an intent: the payment provider's answer is not known yet",
      );
      assert.equal(messages.at(-1), "creating an intent: the payment provider does not answer");
    } finally {
      await mesh.stop();
    }
  });
});
