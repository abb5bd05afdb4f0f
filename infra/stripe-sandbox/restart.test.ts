import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import type Stripe from "stripe";
import { type Harness, refusal, startHarness } from "./harness.ts";

describe("a sandbox that is started again", () => {
  let harness: Harness;
  let stripe: Stripe;
  const usual = {
    amount: 4200,
    currency: "usd",
    payment_method: "pm_card_visa",
    allowed_payment_method_types: ["card"],
    capture_method: "automatic",
    metadata: { order_id: "order-7" },
  } satisfies Stripe.PaymentIntentCreateParams;

  before(async () => {
    harness = await startHarness();
    stripe = harness.stripe;
  });
  after(() => harness.stop());

  it("answers with the same state, events and keys as before", async () => {
    const expand = ["latest_charge.balance_transaction", "customer"];
    const made = await stripe.paymentIntents.create(usual, { idempotencyKey: "o7/create" });
    const call = () =>
      stripe.paymentIntents.confirm(made.id, { expand }, { idempotencyKey: "o7/confirm" });
    const confirmed = await call();
    await stripe.refunds.create({ payment_intent: made.id, amount: 200 });
    const declined = () =>
      stripe.paymentIntents.create(
        { ...usual, confirm: true, payment_method: "pm_card_visa_chargeDeclined" },
        { idempotencyKey: "o7/declined" },
      );
    const decline = await refusal(declined());
    const look = async () => ({
      intents: (await stripe.paymentIntents.list({ expand: ["data.latest_charge"] })).data,
      transactions: (await stripe.balanceTransactions.list()).data,
      events: (await stripe.events.list()).data,
      ledger: await (await fetch(`${harness.url()}/_ledger`)).json(),
    });
    const seen = await look();
    await harness.restart();
    assert.deepEqual(await look(), seen);
    assert.equal(JSON.stringify(await call()), JSON.stringify(confirmed));
    const again = await refusal(declined());
    assert.deepEqual(again.payment_intent, decline.payment_intent);
    const twice = await refusal(stripe.paymentIntents.confirm(made.id));
    assert.equal(twice.code, "payment_intent_unexpected_state");
    assert.deepEqual((seen.ledger as { orders: object }).orders, {
      "order-7": {
        intents: [made.id, (decline.payment_intent as Stripe.PaymentIntent).id],
        succeeded: [made.id],
        captured: 4200,
        refunded: 200,
        fees: 152,
      },
    });
  });

  it("sends what the endpoint had not taken, and nothing that it had", async () => {
    const taken = await stripe.paymentIntents.create({ ...usual, confirm: true });
    await harness.endpoint.about(taken.id, 1);
    harness.endpoint.status = 500;
    const waiting = await stripe.paymentIntents.create({ ...usual, confirm: true });
    await harness.endpoint.about(waiting.id, 1);
    await harness.restart(async () => {
      harness.endpoint.status = 200;
    });
    const tries = harness.endpoint.deliveries.filter(
      ({ event }) => (event.data.object as { id?: string }).id === waiting.id,
    ).length;
    const all = await harness.endpoint.about(waiting.id, tries + 1);
    assert.equal(new Set(all.map(({ event }) => event.id)).size, 1);
    assert.equal((await harness.endpoint.about(taken.id, 1)).length, 1);
  });
});
