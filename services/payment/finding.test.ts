import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "mocha";
import { type TestDatabase, testDatabase } from "#kit/testing.ts";
import { uuidv7 } from "#kit/uuid.ts";
import type { NewPayment } from "./opening.ts";
import { paymentParts } from "./service.ts";
import { chargeOf, type StartedPayments, startPayments } from "./testing.ts";

/** As long ago as no key of Stripe's lasts. */
const TWO_DAYS_MS = 48 * 3_600_000;

describe("a charge of an order that was charged in a life which is lost", () => {
  let mesh: StartedPayments;
  /** The payment service's, as it was before. */
  let restored: TestDatabase;
  let charging: ReturnType<typeof paymentParts>["charging"];
  before(async () => {
    mesh = await startPayments();
    restored = await testDatabase("payment");
    const { provider } = mesh;
    charging = paymentParts({ db: restored.db, provider, published: () => {} }).charging;
  });
  afterEach(() => mesh.calm());
  after(async () => {
    await mesh.stop();
    await restored.drop();
  });

  const origin = { traceparent: "" };
  function wishOf(orderId: string, amount = 1_000n): NewPayment {
    const shares = [{ merchantId: "", amount }];
    const base = { id: uuidv7(), orderId, userId: "user-123", currency: "USD", amount, shares };
    return { ...base, paymentMethod: "pm_card_visa", capture: "automatic" };
  }
  function oldOrder(): string {
    const time = (Date.now() - TWO_DAYS_MS).toString(16).padStart(12, "0");
    return `${time.slice(0, 8)}-${time.slice(8)}${uuidv7().slice(13)}`;
  }
  async function chargedBehind(orderId: string): Promise<string> {
    const { id } = await mesh.behind("/v1/payment_intents", {
      amount: "1000",
      currency: "usd",
      payment_method: "pm_card_visa",
      confirm: "true",
      capture_method: "automatic",
      "allowed_payment_method_types[0]": "card",
      "metadata[order_id]": orderId,
    });
    return id;
  }

  it("finds it while Stripe knows the key, and books it", async () => {
    const { orderId } = await charged();
    const payment = await charging.charge(wishOf(orderId), origin);
    const ledger = await mesh.atStripe(orderId);
    assert.equal(payment.status, "succeeded");
    assert.deepEqual(ledger?.intents, [payment.intentId]);
    assert.equal(ledger?.captured, 1_000);
    const { rows } = await restored.db.query(
      "select kind from ledger_transactions where order_id = $1 order by kind",
      [orderId],
    );
    assert.deepEqual(rows, [{ kind: "charge" }, { kind: "fee" }]);
  });

  it("finds it when Stripe has forgotten the key", async () => {
    const orderId = oldOrder();
    const intentId = await chargedBehind(orderId);
    const payment = await charging.charge(wishOf(orderId), origin);
    assert.deepEqual([payment.status, payment.intentId], ["succeeded", intentId]);
    assert.deepEqual((await mesh.atStripe(orderId))?.intents, [intentId]);
  });

  it("is refused where the amount was another, and charges nothing", async () => {
    const orderId = oldOrder();
    const intentId = await chargedBehind(orderId);
    const refused = charging.charge(wishOf(orderId, 999n), origin);
    await assert.rejects(refused, { reason: "PAYMENT_DECLINED" });
    assert.deepEqual((await mesh.atStripe(orderId))?.intents, [intentId]);
  });

  it("is made where an old order was never charged", async () => {
    const orderId = oldOrder();
    const payment = await charging.charge(wishOf(orderId), origin);
    assert.equal(payment.status, "succeeded");
  });

  it("costs a new order no question", async () => {
    await mesh.fault("500_before", "GET /v1/payment_intents/search");
    const payment = await charging.charge(wishOf(uuidv7()), origin);
    assert.equal(payment.status, "succeeded");
    assert.equal((await mesh.faults()).length, 1);
  });

  async function charged() {
    const wish = chargeOf({ orderId: uuidv7() });
    await mesh.order.charge(wish);
    return wish;
  }
});
