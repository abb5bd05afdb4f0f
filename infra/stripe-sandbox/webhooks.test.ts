import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import Stripe from "stripe";
import { type Harness, startHarness, WEBHOOK_SECRET } from "./harness.ts";
import { sign } from "./sender.ts";

describe("a webhook of the sandbox", () => {
  let harness: Harness;
  const place = (payment_method: string) =>
    harness.stripe.paymentIntents.create({
      amount: 900,
      currency: "usd",
      payment_method,
      allowed_payment_method_types: ["card"],
      confirm: true,
      return_url: "https://shop.example/return",
    });

  before(async () => {
    harness = await startHarness();
  });
  after(() => harness.stop());

  it("carries what constructEvent verifies, and the object as it was", async () => {
    const intent = await place("pm_card_visa");
    const [delivery] = await harness.endpoint.about(intent.id, 1);
    assert.ok(delivery);
    const { webhooks } = new Stripe("sk_test_x");
    const { body, signature } = delivery;
    const event = webhooks.constructEvent(body, signature, WEBHOOK_SECRET);
    assert.deepEqual(
      [event.type, event.request?.id],
      ["payment_intent.succeeded", intent.lastResponse.requestId],
    );
    assert.deepEqual(event.data.object, JSON.parse(JSON.stringify(intent)));
    const changed = body.replace('"amount":900', '"amount":901');
    assert.throws(() => webhooks.constructEvent(changed, signature, WEBHOOK_SECRET));
    const listed = await harness.stripe.events.retrieve(event.id);
    assert.deepEqual(JSON.parse(JSON.stringify(listed)), JSON.parse(body));
  });

  it("is signed with each secret while one is rolled", () => {
    const { webhooks } = new Stripe("sk_test_x");
    const signature = sign('{"id":"evt_1","object":"event"}', ["whsec_old", "whsec_new"]);
    for (const secret of ["whsec_old", "whsec_new"]) {
      const body = '{"id":"evt_1","object":"event"}';
      assert.equal(webhooks.constructEvent(body, signature, secret).id, "evt_1");
    }
  });

  it("is tried again until it is taken", async () => {
    harness.endpoint.status = 503;
    const intent = await place("pm_card_visa");
    await harness.endpoint.about(intent.id, 2);
    harness.endpoint.status = 200;
    const all = await harness.endpoint.about(intent.id, 3);
    assert.equal(new Set(all.map(({ body }) => body)).size, 1);
  });

  it("tells of a challenge", async () => {
    const intent = await place("pm_card_threeDSecure2Required");
    const [delivery] = await harness.endpoint.about(intent.id, 1);
    assert.equal(delivery?.event.type, "payment_intent.requires_action");
  });
});
