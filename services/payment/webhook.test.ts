import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "mocha";
import { Payment_Status } from "#gen/tradepost/payment/v1/payment.ts";
import { assertChargedOnce, assertUndone, balances, eventsOf, reasonOf } from "./checks.ts";
import { chargeOf, type StartedPayments, signed, startPayments } from "./testing.ts";
import { forgetOldEvents } from "./webhook-inbox.ts";

const CONFIRM = "POST /v1/payment_intents/*/confirm";

describe("what Stripe tells", () => {
  let mesh: StartedPayments;
  before(async () => {
    mesh = await startPayments({ timeoutMs: 1_500 });
  });
  afterEach(() => mesh.calm());
  after(() => mesh.stop());

  const inboxOf = async (eventId: string) => {
    const { rowCount } = await mesh.db.query("select from webhook_inbox where event_id = $1", [
      eventId,
    ]);
    return rowCount;
  };
  const event = (type: string, object: object, id = `evt_${Math.random()}`) => ({
    id,
    object: "event",
    type,
    data: { object },
  });
  const tell = (what: object, secret = "whsec_new", at?: number) => {
    const { request, as } = signed(what, secret, at);
    return mesh.hooks.handleStripeEvent(request, as);
  };
  async function intentOf(orderId: string): Promise<string> {
    return (await mesh.atStripe(orderId))?.intents[0] ?? "";
  }
  /** A charge of which only Stripe knows that it succeeded. */
  async function lostCharge() {
    const wish = chargeOf();
    const { orderId } = wish;
    mesh.endpoint.isOn = false;
    await mesh.fault("500_after", CONFIRM, { match: { path: CONFIRM, orderId } });
    const path = "GET /v1/payment_intents/*";
    await mesh.fault("500_before", path, { match: { path, orderId } });
    await assert.rejects(mesh.order.charge(wish));
    await mesh.calm();
    assert.deepEqual(await balances(mesh.db, orderId), {});
    return { wish, orderId, intentId: await intentOf(orderId) };
  }

  it("before the answer of the call is recorded once", async () => {
    mesh.endpoint.isOn = true;
    const wish = chargeOf();
    const { orderId } = wish;
    await mesh.fault("webhook_before_reply", CONFIRM, { match: { path: CONFIRM, orderId } });
    const { payment } = await mesh.order.charge(wish);
    assert.equal(payment?.status, Payment_Status.SUCCEEDED);
    await assertChargedOnce(mesh, orderId);
  });

  it("instead of a lost answer is enough", async () => {
    const { wish, orderId, intentId } = await lostCharge();
    const told = event("payment_intent.succeeded", { id: intentId });
    await tell(told);
    await assertChargedOnce(mesh, orderId);
    assert.equal(await inboxOf(told.id), 1);
    assert.equal((await mesh.order.charge(wish)).payment?.status, Payment_Status.SUCCEEDED);
  });

  it("has its effect once, however often and at once it comes", async () => {
    const { orderId, intentId } = await lostCharge();
    const told = event("payment_intent.succeeded", { id: intentId });
    await Promise.all(Array.from({ length: 10 }, () => tell(told)));
    await tell(told);
    await assertChargedOnce(mesh, orderId);
  });

  it("is not believed about money: Stripe is asked", async () => {
    const wish = chargeOf();
    const { orderId } = wish;
    await mesh.fault("500_before", CONFIRM, { match: { path: CONFIRM, orderId } });
    await assert.rejects(mesh.order.charge(wish));
    const id = await intentOf(orderId);
    await tell(event("payment_intent.succeeded", { id, status: "succeeded", amount: 9 }));
    await tell(event("payment_intent.canceled", { id, status: "canceled" }));
    const { payments } = await mesh.support.listPayments({ orderId });
    assert.equal(payments[0]?.status, Payment_Status.PROCESSING);
    assert.deepEqual(await balances(mesh.db, orderId), {});
    await mesh.order.charge(wish);
    await assertChargedOnce(mesh, orderId);
  });

  it("in any order ends the same", async () => {
    const types = [
      "payment_intent.requires_action",
      "payment_intent.payment_failed",
      "payment_intent.succeeded",
      "payment_intent.canceled",
    ];
    for (const first of types) {
      for (const last of types) {
        const { orderId, intentId } = await lostCharge();
        for (const type of [first, ...types, last]) {
          await tell(event(type, { id: intentId }, `evt_${type}_${intentId}`));
        }
        await assertChargedOnce(mesh, orderId);
      }
    }
  });

  for (const kind of ["webhook_duplicate", "webhook_reorder", "webhook_drop"]) {
    it(`is safe with ${kind}`, async () => {
      mesh.endpoint.isOn = true;
      const wish = chargeOf();
      const { orderId } = wish;
      await mesh.webhookFault(kind, { match: { orderId }, times: 3, ms: 50 });
      await mesh.order.charge(wish);
      await assertChargedOnce(mesh, orderId);
      await mesh.order.refund({ orderId, reason: "undo" });
      await assertUndone(mesh, orderId);
    });
  }

  it("of a decline in an answer that was lost is recorded with its code", async () => {
    mesh.endpoint.isOn = false;
    const wish = chargeOf({ paymentMethod: "pm_card_visa_chargeDeclined" });
    const { orderId } = wish;
    await mesh.fault("timeout_after", CONFIRM, { match: { path: CONFIRM, orderId }, ms: 10 });
    const path = "GET /v1/payment_intents/*";
    await mesh.fault("500_before", path, { match: { path, orderId } });
    await reasonOf(mesh.order.charge(wish));
    await tell(event("payment_intent.payment_failed", { id: await intentOf(orderId) }));
    const { payments } = await mesh.support.listPayments({ orderId });
    assert.equal(payments[0]?.status, Payment_Status.FAILED);
    assert.equal(payments[0]?.declineCode, "generic_decline");
    assert.deepEqual(await eventsOf(mesh.db, orderId), [["PaymentFailed", "1"]]);
  });

  it("about what nobody knows, or of a kind nobody heeds, is taken and left", async () => {
    await tell(event("payment_intent.succeeded", { id: "pi_of_another_shop" }));
    await tell(event("refund.updated", { id: "re_1", metadata: { refund_id: "not-ours" } }));
    await tell(event("refund.updated", { id: "re_2", metadata: null }));
    await tell(event("customer.created", { id: "cus_1" }));
  });

  it("is refused unless a secret of ours signed it, now", async () => {
    const told = event("customer.created", { id: "cus_1" });
    const now = Date.now() / 1_000;
    assert.equal(await reasonOf(tell(told, "whsec_forged")), "INVALID_SIGNATURE");
    assert.equal(await reasonOf(tell(told, "whsec_new", now - 310)), "INVALID_SIGNATURE");
    assert.equal(await reasonOf(tell(told, "whsec_new", now + 310)), "INVALID_SIGNATURE");
    await tell(told, "whsec_new", now - 290);
    await tell(told, "whsec_new", now + 290);
    await tell(told, "whsec_old");
    const { request } = signed(told, "whsec_new");
    for (const signature of ["", "t=,v1=", "nonsense", `t=${Math.floor(now)}`]) {
      const as = { headers: { "stripe-signature": signature } };
      assert.equal(await reasonOf(mesh.hooks.handleStripeEvent(request, as)), "INVALID_SIGNATURE");
    }
    assert.equal(await reasonOf(mesh.hooks.handleStripeEvent(request)), "INVALID_SIGNATURE");
    const other = signed({ ...told, id: "evt_other" }, "whsec_new");
    assert.equal(
      await reasonOf(mesh.hooks.handleStripeEvent(other.request, signed(told, "whsec_new").as)),
      "INVALID_SIGNATURE",
    );
  });

  it("has at most 256 KiB", async () => {
    const told = event("customer.created", { id: "x".repeat(256 * 1024) });
    assert.equal(await reasonOf(tell(told)), "BODY_TOO_LARGE");
  });

  it("is forgotten after 30 days, and no sooner", async () => {
    await mesh.db.query(
      `insert into webhook_inbox (event_id, type, seen_at)
       select 'evt_old_' || n, '', now() - case n when 1 then 29 else 31 end * interval '1 day'
         from generate_series(1, 2500) n`,
    );
    await forgetOldEvents(mesh.db);
    const { rows } = await mesh.db.query(
      "select event_id from webhook_inbox where event_id like 'evt_old_%'",
    );
    assert.deepEqual(rows, [{ event_id: "evt_old_1" }]);
  });
});
