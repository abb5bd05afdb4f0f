import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import type Stripe from "stripe";
import { type Harness, refusal, startHarness } from "./harness.ts";

describe("a payment intent of the sandbox that is captured later", () => {
  let harness: Harness;
  let stripe: Stripe;
  const held = {
    amount: 1099,
    currency: "usd",
    payment_method: "pm_card_visa",
    allowed_payment_method_types: ["card"],
    capture_method: "manual",
    confirm: true,
    metadata: { order_id: "order-1" },
  } satisfies Stripe.PaymentIntentCreateParams;
  const chargeOf = ({ latest_charge }: Stripe.PaymentIntent) =>
    stripe.charges.retrieve(latest_charge as string, { expand: ["balance_transaction"] });
  const typesOf = async (...ids: (string | Stripe.Charge | null)[]) => {
    const { data } = await stripe.events.list({ limit: 100 });
    const about = data.filter(({ data: { object } }) => ids.includes((object as Stripe.Charge).id));
    return about.map(({ type }) => type).reverse();
  };
  const expire = (id: string, ms = 0) =>
    fetch(`${harness.url()}/_authorizations/${id}`, {
      method: "POST",
      body: JSON.stringify({ ms }),
    });

  before(async () => {
    harness = await startHarness();
    stripe = harness.stripe;
  });
  after(() => harness.stop());

  it("holds the money for seven days, and has booked nothing", async () => {
    const intent = await stripe.paymentIntents.create(held);
    assert.deepEqual(
      [intent.status, intent.amount_capturable, intent.amount_received, intent.capture_method],
      ["requires_capture", 1099, 0, "manual"],
    );
    const charge = await chargeOf(intent);
    assert.deepEqual(
      [charge.paid, charge.captured, charge.amount_captured, charge.balance_transaction],
      [true, false, 0, null],
    );
    const before_ = charge.payment_method_details?.card?.capture_before;
    assert.equal(before_, charge.created + 7 * 24 * 3600);
    const [told] = await harness.endpoint.about(intent.id, 1);
    assert.equal(told?.event.type, "payment_intent.amount_capturable_updated");
    assert.equal(
      (await refusal(stripe.refunds.create({ payment_intent: intent.id }))).statusCode,
      400,
    );
  });

  it("is captured once, however often and with whatever keys", async () => {
    const intent = await stripe.paymentIntents.create(held);
    const calls = await Promise.allSettled(
      Array.from({ length: 5 }, (_, at) =>
        stripe.paymentIntents.capture(intent.id, {}, { idempotencyKey: `${intent.id}/${at}` }),
      ),
    );
    const refused = calls.flatMap((call) => (call.status === "rejected" ? [call.reason] : []));
    assert.deepEqual(
      refused.map((error) => [error.statusCode, error.code, error.payment_intent.status]),
      Array.from({ length: 4 }, () => [400, "payment_intent_unexpected_state", "succeeded"]),
    );
    const charge = await chargeOf(intent);
    const booked = charge.balance_transaction as Stripe.BalanceTransaction;
    assert.deepEqual(
      [charge.captured, charge.amount_captured, booked.amount, booked.fee],
      [true, 1099, 1099, 62],
    );
    assert.deepEqual(await typesOf(intent.id, charge.id), [
      "payment_intent.created",
      "charge.succeeded",
      "payment_intent.amount_capturable_updated",
      "charge.captured",
      "payment_intent.succeeded",
    ]);
  });

  it("answers a repeated key of a capture with the same answer", async () => {
    const intent = await stripe.paymentIntents.create(held);
    const options = { idempotencyKey: "the-capture" };
    const first = await stripe.paymentIntents.capture(intent.id, {}, options);
    const again = await stripe.paymentIntents.capture(intent.id, {}, options);
    assert.equal(JSON.stringify(again), JSON.stringify(first));
    assert.equal(again.lastResponse.headers["idempotent-replayed"], "true");
  });

  it("lets go what is not captured, and refunds no more than was", async () => {
    const intent = await stripe.paymentIntents.create(held);
    const tooMuch = stripe.paymentIntents.capture(intent.id, { amount_to_capture: 1100 });
    assert.equal((await refusal(tooMuch)).code, "amount_too_large");
    const paid = await stripe.paymentIntents.capture(intent.id, { amount_to_capture: 700 });
    assert.deepEqual(
      [paid.status, paid.amount_received, paid.amount_capturable],
      ["succeeded", 700, 0],
    );
    const charge = await chargeOf(intent);
    assert.deepEqual(
      [charge.amount_captured, charge.amount_refunded, charge.refunded],
      [700, 399, false],
    );
    const over = await refusal(stripe.refunds.create({ payment_intent: intent.id, amount: 701 }));
    assert.equal(over.param, "amount");
    assert.equal((await stripe.refunds.create({ payment_intent: intent.id })).amount, 700);
  });

  it("is voided by a cancel, and then cannot be captured", async () => {
    const intent = await stripe.paymentIntents.create(held);
    const gone = await stripe.paymentIntents.cancel(intent.id);
    assert.deepEqual([gone.status, gone.amount_capturable], ["canceled", 0]);
    const charge = await chargeOf(intent);
    assert.deepEqual(
      [charge.captured, charge.refunded, charge.amount_refunded, charge.balance_transaction],
      [false, true, 1099, null],
    );
    const late = await refusal(stripe.paymentIntents.capture(intent.id));
    assert.match(late.message, /has a status of canceled/);
    assert.deepEqual((await typesOf(intent.id, charge.id)).slice(-2), [
      "charge.refunded",
      "payment_intent.canceled",
    ]);
  });

  it("is canceled when the authorisation's time is over, also while the sandbox is down", async () => {
    const now_ = await stripe.paymentIntents.create(held);
    assert.equal((await expire(now_.id)).status, 200);
    const later = await stripe.paymentIntents.create(held);
    await expire(later.id, 1);
    await harness.restart();
    await harness.endpoint.about(later.id, 2);
    for (const { id } of [now_, later]) {
      const ended = await stripe.paymentIntents.retrieve(id);
      assert.deepEqual([ended.status, ended.cancellation_reason], ["canceled", "automatic"]);
      assert.ok((await typesOf(ended.latest_charge)).includes("charge.expired"));
    }
    assert.equal((await expire(now_.id)).status, 400);
  });

  it("waits for its person first where the card wants one, and cannot be confirmed again", async () => {
    const waiting = await stripe.paymentIntents.create({
      ...held,
      payment_method: "pm_card_authenticationRequired",
      return_url: "https://shop.example/return",
    });
    const url = waiting.next_action?.redirect_to_url?.url as string;
    await fetch(url, { method: "POST", body: JSON.stringify({ outcome: "success" }) });
    assert.equal((await stripe.paymentIntents.retrieve(waiting.id)).status, "requires_capture");
    const twice = await refusal(stripe.paymentIntents.confirm(waiting.id));
    assert.equal(twice.code, "payment_intent_unexpected_state");
  });
});
