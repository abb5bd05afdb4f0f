import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import Stripe from "stripe";
import { feeOf } from "./charging.ts";
import { type Harness, refusal, startHarness } from "./harness.ts";

describe("the sandbox's API", () => {
  let harness: Harness;
  let stripe: Stripe;
  const paid = {
    amount: 1000,
    currency: "eur",
    payment_method: "pm_card_mastercard",
    allowed_payment_method_types: ["card"],
    capture_method: "automatic",
    confirm: true,
  } satisfies Stripe.PaymentIntentCreateParams;

  before(async () => {
    harness = await startHarness();
    stripe = harness.stripe;
  });
  after(() => harness.stop());

  it("counts the fee in integers, half up", () => {
    assert.deepEqual([50, 500, 1000, 1050, 99_999_999].map(feeOf), [31, 45, 59, 60, 2_900_030]);
  });

  it("answers a repeated key with the same answer, though the world went on", async () => {
    const options = { idempotencyKey: "same-answer" };
    const params = { ...paid, expand: ["latest_charge.balance_transaction"] };
    const first = await stripe.paymentIntents.create(params, options);
    await stripe.refunds.create({ payment_intent: first.id });
    const again = await stripe.paymentIntents.create(params, options);
    assert.equal(JSON.stringify(again), JSON.stringify(first));
    assert.equal(again.lastResponse.headers["idempotent-replayed"], "true");
    assert.equal(again.lastResponse.headers["original-request"], first.lastResponse.requestId);
    assert.notEqual(again.lastResponse.requestId, first.lastResponse.requestId);
  });

  it("answers a repeated key with the same decline", async () => {
    const params = { ...paid, payment_method: "pm_card_visa_chargeDeclined" };
    const call = () => stripe.paymentIntents.create(params, { idempotencyKey: "same-decline" });
    const first = await refusal(call());
    const again = await refusal(call());
    const { headers: _first, requestId: _a, ...before_ } = first.raw as Record<string, unknown>;
    const { headers: _again, requestId: _b, ...after_ } = again.raw as Record<string, unknown>;
    assert.deepEqual(after_, before_);
    assert.equal(again.headers?.["idempotent-replayed"], "true");
  });

  it("refuses a key with other parameters or at another place", async () => {
    const options = { idempotencyKey: "other-parameters" };
    const made = await stripe.paymentIntents.create(paid, options);
    const changed = await refusal(stripe.paymentIntents.create({ ...paid, amount: 999 }, options));
    const moved = await refusal(stripe.refunds.create({ payment_intent: made.id }, options));
    assert.deepEqual(
      [changed.type, changed.statusCode, moved.type],
      ["StripeIdempotencyError", 400, "StripeIdempotencyError"],
    );
  });

  it("keeps no answer for a key whose parameters it refused", async () => {
    const options = { idempotencyKey: "refused-parameters" };
    const tooLittle = stripe.paymentIntents.create({ ...paid, amount: 1 }, options);
    assert.equal((await refusal(tooLittle)).code, "amount_too_small");
    assert.equal((await stripe.paymentIntents.create(paid, options)).status, "succeeded");
  });

  it("never refunds more than the charge", async () => {
    const { id } = await stripe.paymentIntents.create(paid);
    const part = await stripe.refunds.create({
      payment_intent: id,
      amount: 400,
      reason: "requested_by_customer",
      metadata: { return_id: "r1" },
      expand: ["balance_transaction"],
    });
    const booked = part.balance_transaction as Stripe.BalanceTransaction;
    assert.deepEqual(
      [part.status, part.metadata, booked.amount, booked.fee, booked.net],
      ["succeeded", { return_id: "r1" }, -400, 0, -400],
    );
    const tooMuch = await refusal(stripe.refunds.create({ payment_intent: id, amount: 601 }));
    assert.equal(tooMuch.param, "amount");
    const rest = await stripe.refunds.create({ charge: part.charge as string });
    assert.equal(rest.amount, 600);
    const none = await refusal(stripe.refunds.create({ payment_intent: id }));
    assert.equal(none.code, "charge_already_refunded");
    const { data } = await stripe.refunds.list({ payment_intent: id });
    assert.deepEqual(
      data.map((refund) => refund.amount),
      [600, 400],
    );
  });

  it("takes a refund back that the test card says fails", async () => {
    const made = await stripe.paymentIntents.create({
      ...paid,
      payment_method: "pm_card_refundFail",
    });
    const refund = await stripe.refunds.create({ payment_intent: made.id });
    assert.equal(refund.status, "succeeded");
    const [, failed] = await harness.endpoint.about(refund.id, 2);
    assert.ok(failed);
    const charge = await stripe.charges.retrieve(refund.charge as string);
    assert.equal(charge.amount_refunded, 0);
    assert.equal((await stripe.refunds.retrieve(refund.id)).status, "failed");
  });

  it("pages through a list, newest first", async () => {
    const made: string[] = [];
    for (let at = 0; at < 5; at++) made.unshift((await stripe.paymentIntents.create(paid)).id);
    const first = await stripe.paymentIntents.list({ limit: 3 });
    const last = first.data.at(-1)?.id as string;
    const second = await stripe.paymentIntents.list({ limit: 2, starting_after: last });
    assert.deepEqual(
      [...first.data, ...second.data].map(({ id }) => id),
      made,
    );
    assert.equal(first.has_more, true);
    const future = { gt: Math.floor(Date.now() / 1000) + 60 };
    assert.deepEqual((await stripe.paymentIntents.list({ created: future })).data, []);
  });

  it("finds intents by their metadata, newest first, and refuses to search otherwise", async () => {
    const metadata = { order_id: String.raw`o "1" \ 2` };
    const made: string[] = [];
    for (let at = 0; at < 2; at++) {
      made.unshift((await stripe.paymentIntents.create({ ...paid, metadata })).id);
    }
    const search = (query: string) => stripe.paymentIntents.search({ query });
    const { data } = await search(`metadata["order_id"]:${JSON.stringify(metadata.order_id)}`);
    assert.deepEqual(
      data.map(({ id }) => id),
      made,
    );
    assert.deepEqual((await search("metadata['order_id']:'nobody'")).data, []);
    const other = await refusal(search("amount>1000"));
    assert.deepEqual([other.statusCode, other.param], [400, "query"]);
  });

  it("sets a payment method up for a customer, who can be deleted", async () => {
    const customer = await stripe.customers.create({ email: "a@b.example" });
    const setup = await stripe.setupIntents.create({
      customer: customer.id,
      payment_method: "pm_card_visa",
      allowed_payment_method_types: ["card"],
      confirm: true,
    });
    assert.equal(setup.status, "succeeded");
    const method = await stripe.paymentMethods.retrieve(setup.payment_method as string);
    assert.deepEqual([method.customer, method.card?.last4], [customer.id, "4242"]);
    assert.equal((await stripe.customers.del(customer.id)).deleted, true);
    assert.equal((await stripe.customers.retrieve(customer.id)).deleted, true);
  });

  it("says what it does not know, in Stripe's words", async () => {
    const nobody = await refusal(stripe.paymentIntents.retrieve("pi_nobody"));
    assert.deepEqual([nobody.statusCode, nobody.code], [404, "resource_missing"]);
    const noMethod = await refusal(
      stripe.paymentIntents.create({ ...paid, payment_method: "pm_x" }),
    );
    assert.deepEqual([noMethod.statusCode, noMethod.code], [400, "resource_missing"]);
    const noRoute = await refusal(stripe.subscriptions.list());
    assert.match(noRoute.message, /^Unrecognized request URL \(GET: \/v1\/subscriptions\)/);
    const noParam = await refusal(stripe.paymentIntents.create({ ...paid, transfer_group: "g" }));
    assert.deepEqual([noParam.code, noParam.param], ["parameter_unknown", "transfer_group"]);
    const noField = await refusal(stripe.paymentIntents.create({ ...paid, expand: ["review"] }));
    assert.equal(noField.param, "expand");
    const { port } = new URL(harness.url());
    const stranger = new Stripe("sk_test_wrong", { host: "127.0.0.1", port, protocol: "http" });
    assert.equal((await refusal(stranger.charges.list())).type, "StripeAuthenticationError");
  });
});
