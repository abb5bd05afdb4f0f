import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import type Stripe from "stripe";
import { type Harness, refusal, startHarness } from "./harness.ts";

describe("a payment intent of the sandbox", () => {
  let harness: Harness;
  let stripe: Stripe;
  const usual = {
    amount: 2599,
    currency: "usd",
    allowed_payment_method_types: ["card"],
    capture_method: "automatic",
    metadata: { order_id: "order-1" },
  } satisfies Stripe.PaymentIntentCreateParams;

  before(async () => {
    harness = await startHarness();
    stripe = harness.stripe;
  });
  after(() => harness.stop());

  it("is made unconfirmed, confirmed by id, and then has a charge with its fee", async () => {
    const made = await stripe.paymentIntents.create({ ...usual, payment_method: "pm_card_visa" });
    assert.equal(made.status, "requires_confirmation");
    assert.equal(made.latest_charge, null);
    const paid = await stripe.paymentIntents.confirm(made.id, {
      expand: ["latest_charge.balance_transaction"],
    });
    const charge = paid.latest_charge as Stripe.Charge;
    const booked = charge.balance_transaction as Stripe.BalanceTransaction;
    assert.deepEqual(
      [paid.status, paid.amount_received, paid.metadata, charge.paid, charge.payment_intent],
      ["succeeded", 2599, { order_id: "order-1" }, true, made.id],
    );
    // 2599 × 2.9 % = 75.371, and 30.
    assert.deepEqual([booked.amount, booked.fee, booked.net], [2599, 105, 2494]);
    assert.deepEqual(await stripe.paymentIntents.retrieve(made.id), {
      ...paid,
      latest_charge: charge.id,
    });
  });

  it("succeeds once, however often and with whatever keys it is confirmed at once", async () => {
    const made = await stripe.paymentIntents.create({ ...usual, payment_method: "pm_card_visa" });
    const calls = await Promise.allSettled(
      Array.from({ length: 10 }, (_, at) =>
        stripe.paymentIntents.confirm(made.id, {}, { idempotencyKey: `${made.id}/${at}` }),
      ),
    );
    const refused = calls.flatMap((call) => (call.status === "rejected" ? [call.reason] : []));
    assert.deepEqual(
      refused.map((error) => [error.statusCode, error.code, error.payment_intent.status]),
      Array.from({ length: 9 }, () => [400, "payment_intent_unexpected_state", "succeeded"]),
    );
    const charges = await stripe.charges.list({ payment_intent: made.id });
    assert.equal(charges.data.length, 1);
  });

  const declines = [
    ["pm_card_visa_chargeDeclined", "card_declined", "generic_decline"],
    ["pm_card_visa_chargeDeclinedInsufficientFunds", "card_declined", "insufficient_funds"],
    ["pm_card_visa_chargeDeclinedLostCard", "card_declined", "lost_card"],
    ["pm_card_visa_chargeDeclinedStolenCard", "card_declined", "stolen_card"],
    ["pm_card_chargeDeclinedExpiredCard", "expired_card", "expired_card"],
    ["pm_card_chargeDeclinedIncorrectCvc", "incorrect_cvc", "incorrect_cvc"],
    ["pm_card_chargeDeclinedProcessingError", "processing_error", "processing_error"],
  ] as const;
  for (const [method, code, declineCode] of declines) {
    it(`is declined with ${declineCode} for ${method}, and can then be paid otherwise`, async () => {
      const made = await stripe.paymentIntents.create({ ...usual, payment_method: method });
      const error = await refusal(stripe.paymentIntents.confirm(made.id));
      assert.deepEqual(
        [error.type, error.statusCode, error.code, error.decline_code],
        ["StripeCardError", 402, code, declineCode],
      );
      const failed = await stripe.paymentIntents.retrieve(made.id);
      assert.deepEqual(error.payment_intent, JSON.parse(JSON.stringify(failed)));
      assert.deepEqual(
        [failed.status, failed.payment_method, failed.last_payment_error?.decline_code],
        ["requires_payment_method", null, declineCode],
      );
      const paid = await stripe.paymentIntents.confirm(made.id, { payment_method: "pm_card_visa" });
      assert.deepEqual([paid.status, paid.last_payment_error], ["succeeded", null]);
    });
  }

  it("waits for 3-D Secure and succeeds or fails as the person does", async () => {
    for (const [outcome, status] of [
      ["success", "succeeded"],
      ["fail", "requires_payment_method"],
    ] as const) {
      const waiting = await stripe.paymentIntents.create({
        ...usual,
        confirm: true,
        payment_method: "pm_card_authenticationRequired",
        return_url: "https://shop.example/return",
      });
      assert.equal(waiting.status, "requires_action");
      const redirect = waiting.next_action?.redirect_to_url;
      assert.equal(redirect?.return_url, "https://shop.example/return");
      const body = JSON.stringify({ outcome });
      await fetch(redirect?.url as string, { method: "POST", body });
      const ended = await stripe.paymentIntents.retrieve(waiting.id);
      assert.deepEqual([ended.status, ended.next_action], [status, null]);
    }
  });

  it("is declined when it wants a person and there is none", async () => {
    const made = await stripe.paymentIntents.create({
      ...usual,
      payment_method: "pm_card_threeDSecure2Required",
    });
    const error = await refusal(stripe.paymentIntents.confirm(made.id, { off_session: true }));
    assert.equal(error.code, "authentication_required");
  });

  it("is canceled before it succeeded, and never after", async () => {
    const made = await stripe.paymentIntents.create(usual);
    const gone = await stripe.paymentIntents.cancel(made.id, { cancellation_reason: "abandoned" });
    assert.deepEqual([gone.status, gone.cancellation_reason], ["canceled", "abandoned"]);
    const confirmed = stripe.paymentIntents.confirm(made.id, { payment_method: "pm_card_visa" });
    assert.equal((await refusal(confirmed)).code, "payment_intent_unexpected_state");
    const paid = await stripe.paymentIntents.create({
      ...usual,
      confirm: true,
      payment_method: "pm_card_visa",
    });
    const canceled = await refusal(stripe.paymentIntents.cancel(paid.id));
    assert.equal(canceled.code, "payment_intent_unexpected_state");
  });

  it("asks for a return_url where the dashboard's payment methods may redirect", async () => {
    const { allowed_payment_method_types: _, ...open } = usual;
    const made = await stripe.paymentIntents.create({ ...open, payment_method: "pm_card_visa" });
    assert.match((await refusal(stripe.paymentIntents.confirm(made.id))).message, /return_url/);
    const never = { enabled: true, allow_redirects: "never" } as const;
    const closed = await stripe.paymentIntents.create({
      ...open,
      automatic_payment_methods: never,
      confirm: true,
      payment_method: "pm_card_visa",
    });
    assert.equal(closed.status, "succeeded");
  });

  it("is booked a moment later when captured asynchronously, which is Stripe's default", async () => {
    const { capture_method: _, ...async_ } = usual;
    const paid = await stripe.paymentIntents.create({
      ...async_,
      confirm: true,
      payment_method: "pm_card_visa",
      expand: ["latest_charge"],
    });
    assert.equal((paid.latest_charge as Stripe.Charge).balance_transaction, null);
    for (;;) {
      const { data } = await stripe.events.list({ type: "charge.updated" });
      const event = data.find(
        ({ data: { object } }) => (object as Stripe.Charge).payment_intent === paid.id,
      );
      if (event === undefined) continue;
      assert.match(String((event.data.object as Stripe.Charge).balance_transaction), /^txn_/);
      break;
    }
  });
});
