import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "mocha";
import type Stripe from "stripe";
import { type Harness, refusal, startHarness } from "./harness.ts";

describe("the sandbox's balance", () => {
  let harness: Harness;
  let stripe: Stripe;
  let destination: string;
  const pay = (payment_method: string, amount = 10_000) =>
    stripe.paymentIntents.create({
      amount,
      currency: "usd",
      payment_method,
      allowed_payment_method_types: ["card"],
      capture_method: "automatic",
      confirm: true,
    });
  const balance = async () => {
    const { available, pending } = await stripe.balance.retrieve();
    return [available[0]?.amount, pending[0]?.amount];
  };
  const control = (path: string) => fetch(`${harness.url()}${path}`, { method: "POST" });

  beforeEach(async () => {
    harness = await startHarness();
    stripe = harness.stripe;
    destination = (await stripe.accounts.create({ type: "express", country: "US" })).id;
  });
  afterEach(() => harness.stop());

  it("is pending for two days, or available at once with the test card that says so", async () => {
    assert.deepEqual(await balance(), [0, 0]);
    await pay("pm_card_visa");
    assert.deepEqual(await balance(), [0, 9680]);
    await pay("pm_card_bypassPending");
    assert.deepEqual(await balance(), [9680, 9680]);
    await control("/_available");
    assert.deepEqual(await balance(), [19_360, 0]);
    const last = (await stripe.balanceTransactions.list({ limit: 1 })).data[0];
    assert.equal(last?.status, "available");
  });

  it("is transferred as far as it is available, once for each key", async () => {
    await pay("pm_card_visa");
    const params = {
      amount: 9680,
      currency: "usd",
      destination,
      transfer_group: "payout-1",
      metadata: { payout_id: "payout-1" },
    };
    const options = { idempotencyKey: "payout-1" };
    const tooEarly = await refusal(stripe.transfers.create(params));
    assert.deepEqual([tooEarly.statusCode, tooEarly.code], [400, "balance_insufficient"]);
    assert.match(tooEarly.message, /^You have insufficient available funds in your Stripe account/);
    await control("/_available");
    const made = await stripe.transfers.create(params, options);
    const again = await stripe.transfers.create(params, options);
    assert.deepEqual([again.id, made.destination, made.amount_reversed], [made.id, destination, 0]);
    assert.deepEqual(await balance(), [0, 0]);
    assert.equal((await refusal(stripe.transfers.create(params))).code, "balance_insufficient");
    const found = async (filter: Stripe.TransferListParams) =>
      (await stripe.transfers.list(filter)).data.map(({ id }) => id);
    assert.deepEqual(await found({ transfer_group: "payout-1" }), [made.id]);
    assert.deepEqual(await found({ destination }), [made.id]);
    assert.deepEqual(await found({ transfer_group: "payout-2" }), []);
    const booked = await stripe.balanceTransactions.list({ type: "transfer", source: made.id });
    assert.deepEqual(
      booked.data.map(({ net }) => net),
      [-9680],
    );
    const [told] = await harness.endpoint.about(made.id, 1);
    assert.equal(told?.event.type, "transfer.created");
  });

  it("gets a transfer back in parts, never more than it was", async () => {
    await pay("pm_card_bypassPending");
    const { id } = await stripe.transfers.create({ amount: 1000, currency: "usd", destination });
    const part = await stripe.transfers.createReversal(id, { amount: 400 });
    assert.equal(part.amount, 400);
    const over = await refusal(stripe.transfers.createReversal(id, { amount: 601 }));
    assert.equal(over.param, "amount");
    await stripe.transfers.createReversal(id);
    const transfer = await stripe.transfers.retrieve(id);
    assert.deepEqual(
      [transfer.reversed, transfer.amount_reversed, transfer.reversals.data.map((r) => r.amount)],
      [true, 1000, [600, 400]],
    );
    assert.deepEqual(await balance(), [9680, 0]);
    assert.equal((await refusal(stripe.transfers.createReversal(id))).statusCode, 400);
    const listed = await stripe.transfers.listReversals(id);
    assert.deepEqual(
      listed.data.map(({ amount }) => amount),
      [600, 400],
    );
  });

  it("lends a charge's money to a transfer before it is available, and no more than it", async () => {
    const charge = (await pay("pm_card_visa")).latest_charge as string;
    const params = { currency: "usd", destination, source_transaction: charge };
    const made = await stripe.transfers.create({ ...params, amount: 6000 });
    assert.equal(made.source_transaction, charge);
    const over = await refusal(stripe.transfers.create({ ...params, amount: 4001 }));
    assert.match(over.message, /must not exceed the source amount/);
    await stripe.transfers.create({ ...params, amount: 4000 });
  });

  it("goes to an account that exists only", async () => {
    await pay("pm_card_bypassPending");
    const params = { amount: 100, currency: "usd", destination: "acct_ofnobody12345678" };
    const error = await refusal(stripe.transfers.create(params));
    assert.deepEqual([error.code, error.param], ["resource_missing", "destination"]);
    await control(`/_accounts/${params.destination}`);
    await control(`/_accounts/${params.destination}`);
    assert.equal((await stripe.accounts.retrieve(params.destination)).payouts_enabled, true);
    assert.equal((await stripe.transfers.create(params)).amount, 100);
    const theirs = stripe.balance.retrieve({}, { stripeAccount: params.destination });
    assert.equal((await refusal(theirs)).code, "account_invalid");
  });

  it("is paid out a moment later, if there is enough of it", async () => {
    await pay("pm_card_bypassPending");
    const over = await refusal(stripe.payouts.create({ amount: 9681, currency: "usd" }));
    assert.deepEqual([over.code, over.statusCode], ["balance_insufficient", 400]);
    const { id, status } = await stripe.payouts.create({ amount: 9000, currency: "usd" });
    assert.equal(status, "pending");
    const gone = await stripe.payouts.create({ amount: 680, currency: "usd" });
    assert.equal((await stripe.payouts.cancel(gone.id)).status, "canceled");
    const [told] = await harness.endpoint.about(id, 1);
    assert.equal(told?.event.type, "payout.paid");
    assert.equal((await refusal(stripe.payouts.cancel(id))).statusCode, 400);
    const { data } = await stripe.payouts.list({ status: "paid" });
    assert.deepEqual([data.map((payout) => payout.id), await balance()], [[id], [680, 0]]);
  });
});
