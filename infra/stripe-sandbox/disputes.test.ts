import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import type Stripe from "stripe";
import { type Harness, refusal, startHarness } from "./harness.ts";

describe("a dispute of the sandbox", () => {
  let harness: Harness;
  let stripe: Stripe;
  const pay = (payment_method = "pm_card_visa") =>
    stripe.paymentIntents.create({
      amount: 4000,
      currency: "usd",
      payment_method,
      allowed_payment_method_types: ["card"],
      capture_method: "automatic",
      confirm: true,
    });
  const control = async (id: string, wishes: object = {}) => {
    const url = `${harness.url()}/_disputes/${id}`;
    const answer = await fetch(url, { method: "POST", body: JSON.stringify(wishes) });
    return { status: answer.status, dispute: (await answer.json()) as Stripe.Dispute };
  };
  const typesOf = async (id: string) => {
    const { data } = await stripe.events.list({ limit: 100 });
    const about = data.filter(({ data: { object } }) => (object as Stripe.Dispute).id === id);
    return about.map(({ type }) => type.replace("charge.dispute.", "")).reverse();
  };
  const moneyOf = ({ balance_transactions }: Stripe.Dispute) =>
    balance_transactions.map(({ amount, fee, net, type, reporting_category }) => [
      amount,
      fee,
      net,
      type,
      reporting_category,
    ]);
  const withdrawn = [-4000, 1500, -5500, "adjustment", "dispute"];
  const reinstated = [4000, 0, 4000, "adjustment", "dispute_reversal"];

  before(async () => {
    harness = await startHarness();
    stripe = harness.stripe;
  });
  after(() => harness.stop());

  for (const [method, reason, inquiry] of [
    ["pm_card_createDispute", "fraudulent", false],
    ["pm_card_createDisputeProductNotReceived", "product_not_received", false],
    ["pm_card_createDisputeInquiry", "fraudulent", true],
  ] as const) {
    it(`comes a moment after a charge of ${method}`, async () => {
      const { id, latest_charge } = await pay(method);
      let found: Stripe.Dispute | undefined;
      while (!found) [found] = (await stripe.disputes.list({ payment_intent: id })).data;
      assert.deepEqual(
        [found.reason, found.status, found.amount, found.charge, found.is_charge_refundable],
        [
          reason,
          inquiry ? "warning_needs_response" : "needs_response",
          4000,
          latest_charge,
          inquiry,
        ],
      );
      assert.deepEqual(moneyOf(found), inquiry ? [] : [withdrawn]);
      assert.equal((await stripe.charges.retrieve(latest_charge as string)).disputed, true);
      const events = inquiry ? ["created"] : ["created", "funds_withdrawn"];
      assert.deepEqual(await typesOf(found.id), events);
      const told = await harness.endpoint.about(found.id, events.length);
      assert.equal(told.length, events.length);
      const refund = stripe.refunds.create({ payment_intent: id });
      if (inquiry) assert.equal((await refund).status, "succeeded");
      else assert.equal((await refusal(refund)).code, "charge_disputed");
    });
  }

  it("is accepted by closing it, once", async () => {
    const { id } = await pay();
    const { dispute } = await control(id, { reason: "duplicate" });
    assert.equal(dispute.reason, "duplicate");
    const lost = await stripe.disputes.close(dispute.id);
    assert.deepEqual([lost.status, moneyOf(lost)], ["lost", [withdrawn]]);
    assert.deepEqual(await typesOf(dispute.id), ["created", "funds_withdrawn", "closed"]);
    assert.equal((await refusal(stripe.disputes.close(dispute.id))).statusCode, 400);
    assert.equal((await control(dispute.id, { outcome: "won" })).status, 400);
    assert.equal(
      (await refusal(stripe.refunds.create({ payment_intent: id }))).code,
      "charge_disputed",
    );
  });

  it("gives the money back when it is won, without the fee, and it can be refunded again", async () => {
    const { id, latest_charge } = await pay();
    const { dispute } = await control(latest_charge as string);
    assert.equal((await control(id)).status, 400);
    const { dispute: won } = await control(dispute.id, { outcome: "won" });
    assert.deepEqual([won.status, moneyOf(won)], ["won", [withdrawn, reinstated]]);
    assert.deepEqual(await typesOf(won.id), [
      "created",
      "funds_withdrawn",
      "funds_reinstated",
      "closed",
    ]);
    const { data } = await stripe.balanceTransactions.list({ source: won.id });
    assert.deepEqual(
      data.map(({ net }) => net),
      [4000, -5500],
    );
    assert.equal((await stripe.refunds.create({ payment_intent: id })).amount, 4000);
  });

  for (const [text, status] of [
    ["winning_evidence", "won"],
    ["losing_evidence", "lost"],
  ]) {
    it(`is ${status} a moment after ${text}, also over a restart`, async () => {
      const { dispute } = await control((await pay()).id);
      const staged = await stripe.disputes.update(dispute.id, {
        evidence: { product_description: "a mug" },
        submit: false,
      });
      assert.equal(staged.status, "needs_response");
      const sent = await stripe.disputes.update(dispute.id, {
        evidence: { uncategorized_text: text as string },
      });
      assert.deepEqual(
        [sent.status, sent.evidence.product_description, sent.evidence_details.submission_count],
        ["under_review", "a mug", 1],
      );
      await harness.restart();
      let seen: Stripe.Dispute;
      do seen = await stripe.disputes.retrieve(dispute.id);
      while (seen.status === "under_review");
      assert.equal(seen.status, status);
    });
  }

  it("may be over a part, and not over more than was paid", async () => {
    const { id } = await pay();
    assert.equal((await control(id, { amount: 4001 })).status, 400);
    assert.equal((await control(id, { amount: 1.5 })).status, 400);
    assert.equal((await control(id, { reason: "mood" })).status, 400);
    const { dispute } = await control(id, { amount: 150 });
    assert.equal(dispute.amount, 150);
    assert.equal((await control("ch_nobody")).status, 400);
  });
});
