import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import type Stripe from "stripe";
import { type Harness, refusal, startHarness } from "./harness.ts";

describe("a customer's saved payment method in the sandbox", () => {
  let harness: Harness;
  let stripe: Stripe;
  const usual = {
    amount: 500,
    currency: "usd",
    allowed_payment_method_types: ["card"],
    confirm: true,
  } satisfies Stripe.PaymentIntentCreateParams;
  const saved = async (card: string) => {
    const customer = (await stripe.customers.create()).id;
    const paid = await stripe.paymentIntents.create({
      ...usual,
      customer,
      payment_method: card,
      setup_future_usage: "off_session",
      return_url: "https://shop.example/return",
    });
    if (paid.status === "requires_action") {
      const url = paid.next_action?.redirect_to_url?.url as string;
      await fetch(url, { method: "POST", body: JSON.stringify({ outcome: "success" }) });
    }
    return { customer, payment_method: paid.payment_method as string };
  };

  before(async () => {
    harness = await startHarness();
    stripe = harness.stripe;
  });
  after(() => harness.stop());

  for (const card of ["pm_card_visa", "pm_card_authenticationRequiredSetupForOffSession"]) {
    it(`is kept by setup_future_usage and pays without its person: ${card}`, async () => {
      const kept = await saved(card);
      const { data } = await stripe.paymentMethods.list({ customer: kept.customer });
      const same = await stripe.customers.listPaymentMethods(kept.customer);
      assert.deepEqual([data.map(({ id }) => id), same.data], [[kept.payment_method], data]);
      const paid = await stripe.paymentIntents.create({ ...usual, ...kept, off_session: true });
      assert.equal(paid.status, "succeeded");
    });
  }

  it("is declined without its person where each payment wants one", async () => {
    const kept = await saved("pm_card_authenticationRequired");
    const error = await refusal(
      stripe.paymentIntents.create({ ...usual, ...kept, off_session: true }),
    );
    assert.deepEqual([error.statusCode, error.code], [402, "authentication_required"]);
  });

  it("pays for its customer only", async () => {
    const { customer, payment_method } = await saved("pm_card_visa");
    const other = (await stripe.customers.create()).id;
    const nobody = await refusal(stripe.paymentIntents.create({ ...usual, payment_method }));
    assert.match(nobody.message, /attached to a customer/);
    const stranger = { ...usual, payment_method, customer: other };
    assert.match((await refusal(stripe.paymentIntents.create(stranger))).message, /does not have/);
    const open = await stripe.paymentIntents.create({
      amount: 500,
      currency: "usd",
      customer: other,
    });
    const confirmed = stripe.paymentIntents.confirm(open.id, {
      payment_method,
      allowed_payment_method_types: ["card"],
    });
    assert.equal((await refusal(confirmed)).statusCode, 400);
    const setUp = stripe.setupIntents.create({ customer: other, payment_method });
    assert.equal((await refusal(setUp)).statusCode, 400);
    assert.equal(
      (await stripe.paymentIntents.create({ ...usual, customer, payment_method })).status,
      "succeeded",
    );
  });

  it("is attached by hand, and useless once it is detached", async () => {
    const customer = (await stripe.customers.create()).id;
    const { id } = await stripe.paymentMethods.attach("pm_card_visa", { customer });
    assert.equal((await stripe.paymentMethods.detach(id)).customer, null);
    assert.equal((await refusal(stripe.paymentMethods.detach(id))).statusCode, 400);
    const used = stripe.paymentIntents.create({ ...usual, customer, payment_method: id });
    assert.match((await refusal(used)).message, /may not be used again/);
    const bad = stripe.paymentMethods.attach("pm_card_chargeDeclined", { customer });
    assert.equal((await refusal(bad)).code, "card_declined");
  });
});
