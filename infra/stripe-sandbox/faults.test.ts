import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "mocha";
import type Stripe from "stripe";
import { clientOf, type Harness, refusal, startHarness } from "./harness.ts";

describe("a fault of the sandbox", () => {
  let harness: Harness;
  let stripe: Stripe;
  let count = 0;

  const paramsFor = (orderId: string) =>
    ({
      amount: 700,
      currency: "usd",
      payment_method: "pm_card_visa",
      allowed_payment_method_types: ["card"],
      confirm: true,
      metadata: { order_id: orderId },
    }) satisfies Stripe.PaymentIntentCreateParams;
  const place = (orderId: string, key = orderId) =>
    stripe.paymentIntents.create(paramsFor(orderId), { idempotencyKey: key });
  const newOrder = () => `order-${++count}`;
  const succeeded = async (orderId: string) => {
    const ledger = await (await fetch(`${harness.url()}/_ledger?order_id=${orderId}`)).json();
    return ((ledger as { orders: Record<string, { succeeded: string[] }> }).orders[orderId]
      ?.succeeded.length ?? 0) as number;
  };

  before(async () => {
    harness = await startHarness();
    stripe = harness.stripe;
  });
  afterEach(() => fetch(`${harness.url()}/_faults`, { method: "DELETE" }));
  after(() => harness.stop());

  for (const [kind, type] of [
    ["429", "StripeRateLimitError"],
    ["409", "StripeAPIError"],
    ["500_before", "StripeAPIError"],
  ] as const) {
    it(`${kind} comes before the work, so the key does it when it is tried again`, async () => {
      const orderId = newOrder();
      await harness.fault({ kind, match: { orderId }, times: 1 });
      const other = await place(newOrder());
      assert.equal(other.status, "succeeded");
      const error = await refusal(place(orderId));
      assert.deepEqual([error.type, error.statusCode], [type, Number.parseInt(kind, 10)]);
      assert.equal(await succeeded(orderId), 0);
      assert.equal((await place(orderId)).status, "succeeded");
    });
  }

  it("500_after comes after the work, and the key repeats the 500", async () => {
    const orderId = newOrder();
    await harness.fault({ kind: "500_after", match: { path: "POST /v1/payment_intents" } });
    assert.equal((await refusal(place(orderId))).statusCode, 500);
    assert.equal((await refusal(place(orderId))).statusCode, 500);
    assert.equal(await succeeded(orderId), 1);
  });

  it("timeout_after with ms breaks the connection, which the package tries again once", async () => {
    const orderId = newOrder();
    await harness.fault({ kind: "timeout_after", match: { orderId }, ms: 20 });
    const intent = await place(orderId);
    assert.equal(intent.status, "succeeded");
    assert.equal(intent.lastResponse.headers["idempotent-replayed"], "true");
    assert.equal(await succeeded(orderId), 1);
  });

  it("latency keeps the key in use", async () => {
    const orderId = newOrder();
    await harness.fault({ kind: "latency", match: { path: "/v1/payment_intents" }, ms: 200 });
    const slow = place(orderId);
    await harness.fault({ kind: "latency", match: { orderId: "nobody" } });
    const meanwhile = await refusal(place(orderId));
    assert.deepEqual([meanwhile.statusCode, meanwhile.code], [409, "idempotency_key_in_use"]);
    assert.equal((await slow).status, "succeeded");
  });

  it("timeout_after lets the caller wait; a path stands for the order that it is about", async () => {
    const orderId = newOrder();
    const { confirm: _, ...unconfirmed } = paramsFor(orderId);
    const made = await stripe.paymentIntents.create(unconfirmed);
    const path = "/v1/payment_intents/*/confirm";
    await harness.fault({ kind: "timeout_after", match: { orderId, path } });
    const impatient = clientOf(Number(new URL(harness.url()).port));
    const lost = await refusal(impatient.paymentIntents.confirm(made.id, {}, { timeout: 50 }));
    assert.equal(lost.type, "StripeConnectionError");
    assert.equal((await stripe.paymentIntents.retrieve(made.id)).status, "succeeded");
  });

  it("webhook_duplicate sends one event three times", async () => {
    const orderId = newOrder();
    await harness.fault({ kind: "webhook_duplicate", match: { orderId } });
    const { id } = await place(orderId);
    const all = await harness.endpoint.about(id, 3);
    assert.equal(new Set(all.map(({ body }) => body)).size, 1);
  });

  for (const kind of ["webhook_drop", "webhook_delay"]) {
    it(`${kind} lets it come late`, async () => {
      const [late, prompt] = [newOrder(), newOrder()];
      await harness.fault({ kind, match: { orderId: late }, ms: 100 });
      const first = await place(late);
      const second = await place(prompt);
      await harness.endpoint.about(second.id, 1);
      await harness.endpoint.about(first.id, 1);
      const order = harness.endpoint.deliveries
        .slice(-2)
        .map(({ event }) => (event.data.object as Stripe.PaymentIntent).id);
      assert.deepEqual(order, [second.id, first.id]);
    });
  }

  it("webhook_reorder sends events last first", async () => {
    const orderId = newOrder();
    await harness.fault({ kind: "webhook_reorder", match: { orderId }, times: 2, ms: 2000 });
    const { id } = await place(orderId);
    await stripe.refunds.create({ payment_intent: id });
    await harness.endpoint.about(id, 1);
    assert.deepEqual(
      harness.endpoint.deliveries.slice(-2).map(({ event }) => event.type),
      ["charge.refunded", "payment_intent.succeeded"],
    );
  });

  it("knows what is told of a dispute by the order that it is about", async () => {
    const [late, prompt] = [newOrder(), newOrder()];
    const match = { type: "charge.dispute.created", orderId: late };
    await harness.fault({ kind: "webhook_delay", match, ms: 300 });
    const disputed = async (orderId: string) => {
      const { id } = await place(orderId);
      const answer = await fetch(`${harness.url()}/_disputes/${id}`, {
        method: "POST",
        body: "{}",
      });
      return ((await answer.json()) as Stripe.Dispute).id;
    };
    const first = await disputed(late);
    const second = await disputed(prompt);
    // And that its money was withdrawn.
    await Promise.all([first, second].map((id) => harness.endpoint.about(id, 2)));
    const told = harness.endpoint.deliveries
      .filter(({ event }) => event.type === match.type)
      .map(({ event }) => (event.data.object as Stripe.Dispute).id);
    assert.deepEqual(told.slice(-2), [second, first]);
  });

  it("webhook_before_reply lets the event arrive before the answer", async () => {
    const orderId = newOrder();
    await harness.fault({ kind: "webhook_before_reply", match: { orderId } });
    const { id } = await place(orderId);
    const arrived = harness.endpoint.deliveries.map(
      ({ event }) => (event.data.object as Stripe.PaymentIntent).id,
    );
    assert.ok(arrived.includes(id));
  });

  it("decline refuses one charge, which another key can then make", async () => {
    const orderId = newOrder();
    await harness.fault({ kind: "decline", match: { orderId } });
    const { confirm: _, ...unconfirmed } = paramsFor(orderId);
    const made = await stripe.paymentIntents.create(unconfirmed);
    await stripe.paymentIntents.retrieve(made.id);
    const confirm = (key: string, payment_method?: string) =>
      stripe.paymentIntents.confirm(made.id, payment_method ? { payment_method } : {}, {
        idempotencyKey: key,
      });
    for (let time = 0; time < 2; time++) {
      const error = await refusal(confirm(`${orderId}/1`));
      assert.deepEqual([error.statusCode, error.code], [402, "card_declined"]);
    }
    assert.equal((await confirm(`${orderId}/2`, "pm_card_visa")).status, "succeeded");
  });

  it("decline refuses one capture, and the money stays held", async () => {
    const orderId = newOrder();
    const held = await stripe.paymentIntents.create({
      ...paramsFor(orderId),
      capture_method: "manual",
    });
    const path = "POST /v1/payment_intents/*/capture";
    await harness.fault({ kind: "decline", match: { orderId, path } });
    const error = await refusal(stripe.paymentIntents.capture(held.id));
    assert.equal(error.code, "capture_charge_authorization_expired");
    assert.equal((await stripe.paymentIntents.capture(held.id)).status, "succeeded");
  });
});
