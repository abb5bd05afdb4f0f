import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { Payment_Status } from "#gen/tradepost/payment/v1/payment.ts";
import { assertChargedOnce, balances, eventsOf, reasonOf, untilKnown } from "./checks.ts";
import { chargeOf, type StartedPayments, startPayments } from "./testing.ts";

describe("charge", () => {
  let mesh: StartedPayments;
  before(async () => {
    mesh = await startPayments();
  });
  after(() => mesh.stop());

  it("takes the money and books it", async () => {
    const wish = chargeOf();
    const { payment } = await mesh.order.charge(wish);
    assert.equal(payment?.status, Payment_Status.SUCCEEDED);
    assert.deepEqual(payment?.amount, wish.amount);
    assert.equal(payment?.userId, "user-123");
    await assertChargedOnce(mesh, wish.orderId);
  });

  it("answers the same payment however often it is asked", async () => {
    const wish = chargeOf();
    const first = await mesh.order.charge(wish);
    const second = await mesh.order.charge(wish);
    assert.deepEqual(second.payment, first.payment);
    await assertChargedOnce(mesh, wish.orderId);
  });

  it("is one charge for many calls at once, in one process and in two", async () => {
    const wish = chargeOf();
    const other = mesh.replica().charging;
    const { orderId, userId, paymentMethod } = wish;
    const same = {
      ...{ id: "other", orderId, userId, paymentMethod, currency: "USD", amount: 1_000n },
      capture: "automatic" as const,
      shares: wish.shares.map(({ merchantId, amount }) => ({ merchantId, amount: amount.amount })),
    };
    const calls = Array.from({ length: 16 }, (_, number) =>
      number % 2
        ? untilKnown(async () => (await mesh.order.charge(wish)).payment?.id)
        : untilKnown(async () => (await other.charge(same, { traceparent: "" })).id),
    );
    assert.equal(new Set(await Promise.all(calls)).size, 1);
    await assertChargedOnce(mesh, wish.orderId);
  });

  it("charges many orders at once, each once", async () => {
    const wishes = Array.from({ length: 100 }, () => chargeOf());
    const answers = await Promise.all(wishes.map((wish) => mesh.order.charge(wish)));
    assert.ok(answers.every(({ payment }) => payment?.status === Payment_Status.SUCCEEDED));
    for (const { orderId } of wishes) {
      await assertChargedOnce(mesh, orderId);
    }
  });

  it("is refused for good by a declined card", async () => {
    const wish = chargeOf({ paymentMethod: "pm_card_visa_chargeDeclinedInsufficientFunds" });
    for (let time = 0; time < 2; time++) {
      const error = await mesh.order.charge(wish).catch((thrown: unknown) => thrown);
      const { reason, metadata } = error as { reason: string; metadata: Record<string, string> };
      assert.equal(reason, "PAYMENT_DECLINED");
      assert.equal(metadata.declineCode, "insufficient_funds");
      const { payment } = await mesh.support.getPayment({ id: metadata.paymentId ?? "" });
      assert.equal(payment?.status, Payment_Status.FAILED);
      assert.equal(payment?.declineCode, "insufficient_funds");
    }
    assert.deepEqual(await balances(mesh.db, wish.orderId), {});
    assert.deepEqual(await eventsOf(mesh.db, wish.orderId), [["PaymentFailed", "1"]]);
    const [intent] = (await mesh.atStripe(wish.orderId))?.intents ?? [];
    assert.equal((await mesh.provider.readIntent(intent ?? "")).state.kind, "cancelled");
  });

  it("is refused by a card that does not exist", async () => {
    const wish = chargeOf({ paymentMethod: "pm_nobody_has_it" });
    assert.equal(await reasonOf(mesh.order.charge(wish)), "PAYMENT_DECLINED");
    const { payments } = await mesh.support.listPayments({ orderId: wish.orderId });
    assert.equal(payments[0]?.declineCode, "resource_missing");
  });

  it("takes no shares that are not the amount's, and no other amount for the same order", async () => {
    const wish = chargeOf();
    const short = { ...wish, shares: wish.shares.slice(1) };
    assert.equal(await reasonOf(mesh.order.charge(short)), "INVALID_FIELD");
    const nothing = { ...wish, amount: { currencyCode: "USD", amount: 0n }, shares: [] };
    assert.equal(await reasonOf(mesh.order.charge(nothing)), "INVALID_FIELD");
    await mesh.order.charge(wish);
    const money = { currencyCode: "USD", amount: 999n };
    const other = { ...wish, amount: money, shares: [{ merchantId: "", amount: money }] };
    assert.equal(await reasonOf(mesh.order.charge(other)), "WRONG_PAYMENT_STATE");
    await assertChargedOnce(mesh, wish.orderId);
  });

  it("is the order service's to ask for", async () => {
    assert.equal(await reasonOf(mesh.support.charge(chargeOf())), "ROLE_REQUIRED");
    assert.equal(await reasonOf(mesh.hooks.charge(chargeOf())), "ROLE_REQUIRED");
  });

  it("is seen by its owner and by support, and by nobody else", async () => {
    const wish = chargeOf();
    const { payment } = await mesh.order.charge(wish);
    const id = payment?.id ?? "";
    const owner = await mesh.person("user-123");
    const stranger = await mesh.person("user-456");
    assert.equal((await owner.getPayment({ id })).payment?.id, id);
    assert.equal((await owner.listPayments({ orderId: wish.orderId })).payments.length, 1);
    assert.equal((await mesh.support.getPayment({ id })).payment?.id, id);
    assert.equal(await reasonOf(stranger.getPayment({ id })), "PAYMENT_NOT_FOUND");
    assert.deepEqual((await stranger.listPayments({ orderId: wish.orderId })).payments, []);
    assert.equal(
      await reasonOf(owner.refundPayment({ id, amount: undefined, reason: "no" })),
      "ROLE_REQUIRED",
    );
  });
});
