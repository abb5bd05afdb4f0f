import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "mocha";
import { Order_Status } from "#gen/tradepost/order/v1/order.ts";
import { Payment_Status, Payout_Status } from "#gen/tradepost/payment/v1/payment.ts";
import { uuidv7 } from "#kit/uuid.ts";
import { balances, reasonOf } from "./checks.ts";
import { chargeOf, type StartedPayments, startPayments } from "./testing.ts";
import { chargedBy, findingsOf, inOneLine, usd } from "./testing-books.ts";

const CONFIRM = "POST /v1/payment_intents/*/confirm";

describe("the reconciler", () => {
  let mesh: StartedPayments;
  before(async () => {
    mesh = await startPayments();
    // Only the reconciler tells.
    mesh.endpoint.isOn = false;
  });
  afterEach(() => mesh.calm());
  after(() => mesh.stop());

  const found = (...ids: string[]) => findingsOf(mesh, ...ids);
  const charged = (more?: { paymentMethod: string }) => chargedBy(mesh, more);
  const intent = (orderId: string) => ({
    amount: "1000",
    currency: "usd",
    payment_method: "pm_card_visa",
    "allowed_payment_method_types[]": "card",
    capture_method: "automatic",
    confirm: "true",
    "metadata[order_id]": orderId,
  });
  const book = (kind: string, reference: string, amount = 1_000) =>
    mesh.db.query(
      `insert into ledger_transactions
              (id, kind, reference, payment_id, order_id, currency, accounts, amounts)
       values (gen_random_uuid(), $1, $2, $3, $3, 'USD', '{cash,shop}', $4)`,
      [kind, reference, kind.startsWith("payout") ? null : "made-up", `{${amount},${-amount}}`],
    );

  it("finds no difference in ordinary business, over many pages", async () => {
    for (let batch = 0; batch < 6; batch++) {
      await Promise.all(Array.from({ length: 20 }, () => charged()));
    }
    await charged({ paymentMethod: "pm_card_bypassPending" });
    const { paymentId } = await charged();
    await mesh.support.refundPayment({ id: paymentId, amount: usd(300n), reason: "scratched" });
    const { payout } = await mesh.admin.createPayout(
      { merchantId: "m-1", amount: usd(500n) },
      { idempotencyKey: "ordinary" },
    );
    assert.equal(payout?.status, Payout_Status.PAID);
    const { findings, payments, objects } = await mesh.operator.reconcile({});
    assert.deepEqual(findings.map(inOneLine), []);
    assert.equal(payments, 122);
    // Intents, a refund, a transfer, and what each did to the balance.
    assert.equal(objects, 122 + 1 + 1 + 124);
  });

  it("settles a charge of which only Stripe knows", async () => {
    const wish = chargeOf();
    const { orderId } = wish;
    await mesh.fault("500_after", CONFIRM, { match: { path: CONFIRM, orderId } });
    const look = "GET /v1/payment_intents/*";
    await mesh.fault("500_before", look, { match: { path: look, orderId } });
    await assert.rejects(mesh.order.charge(wish));
    await mesh.calm();
    assert.deepEqual(await found(orderId), [
      "CHARGE_UNSETTLED | processing 1000 USD | succeeded 1000 USD | repaired",
    ]);
    assert.equal((await balances(mesh.db, orderId)).cash, 941n);
    const { payments } = await mesh.support.listPayments({ orderId });
    assert.equal(payments[0]?.status, Payment_Status.SUCCEEDED);
    assert.deepEqual(await found(orderId), []);
  });

  it("reports a charge that no payment knows", async () => {
    const orderId = "order-of-nobody";
    await mesh.behind("/v1/payment_intents", intent(orderId));
    assert.deepEqual(await found(orderId), [
      "CHARGE_UNKNOWN | nothing | succeeded 1000 USD | left",
    ]);
  });

  it("reports what is booked and not at Stripe", async () => {
    await book("charge", "pi_gone");
    await book("refund", "re_gone", -300);
    assert.deepEqual(await found("pi_gone"), ["CHARGE_MISSING | 1000 USD | nothing | left"]);
    assert.deepEqual(await found("re_gone"), ["REFUND_MISSING | -300 USD | nothing | left"]);
  });

  it("reports amounts that differ, at Stripe and in the order", async () => {
    const { orderId, paymentId } = await charged();
    await mesh.db.query("update payments set amount = 1100 where id = $1", [paymentId]);
    mesh.orders.set(orderId, { total: usd(1_100n) });
    assert.deepEqual(await found(orderId), [
      "AMOUNT_DIFFERS | succeeded 1100 USD | succeeded 1000 USD | left",
    ]);
    const other = await charged();
    mesh.orders.set(other.orderId, { status: Order_Status.SHIPPED, total: usd(999n) });
    assert.deepEqual(await found(other.orderId), [
      "AMOUNT_DIFFERS | 1000 USD | SHIPPED 999 USD | left",
    ]);
  });

  it("reports what is charged and not in the books", async () => {
    const orderId = "order-off-the-books";
    const { id: intentId } = await mesh.behind("/v1/payment_intents", intent(orderId));
    await mesh.db.query(
      `insert into payments (id, order_id, user_id, status, currency, amount, fee, payment_method,
                             shares, shares_left, intent_id)
       values ($1, $2, 'user-123', 'succeeded', 'USD', 1000, 59, 'pm', '[]', '[]', $3)`,
      [uuidv7(), orderId, intentId],
    );
    assert.deepEqual(await found(orderId), ["NOT_BOOKED | 0 USD | 941 USD | left"]);
  });

  it("settles a refund of which only Stripe knows", async () => {
    const { orderId, paymentId } = await charged();
    await mesh.fault("500_after", "POST /v1/refunds");
    await mesh.fault("500_before", "GET /v1/refunds");
    const lost = mesh.support.refundPayment({ id: paymentId, amount: usd(300n), reason: "lost" });
    await assert.rejects(lost);
    await mesh.calm();
    assert.deepEqual(await found(orderId), [
      "REFUND_UNSETTLED | pending 300 USD | succeeded 300 USD | repaired",
    ]);
    assert.equal((await balances(mesh.db, orderId)).cash, 641n);
    assert.deepEqual(await found(orderId), []);
  });

  it("reports a refund that no payment knows", async () => {
    const { orderId, intentId } = await charged();
    const { id } = await mesh.behind("/v1/refunds", { payment_intent: intentId, amount: "200" });
    assert.deepEqual(await found(orderId, id), [
      "REFUND_UNKNOWN | nothing | succeeded 200 USD | left",
    ]);
  });

  it("reports orders that are paid and should not be, or the other way round", async () => {
    const [gone, rejected, cancelled, pending] = [
      await charged(),
      await charged(),
      await charged(),
      await charged(),
    ].map(({ orderId }) => orderId) as [string, string, string, string];
    mesh.orders.set(gone, "none");
    mesh.orders.set(rejected, { status: Order_Status.REJECTED });
    mesh.orders.set(cancelled, { status: Order_Status.CANCELLED });
    mesh.orders.set(pending, { status: Order_Status.PENDING, total: undefined });
    const declined = chargeOf({ paymentMethod: "pm_card_visa_chargeDeclined" });
    assert.equal(await reasonOf(mesh.order.charge(declined)), "PAYMENT_DECLINED");
    const one = (kind: string, found: string, expected = "succeeded 1000 USD") => [
      `${kind} | ${expected} | ${found} | left`,
    ];
    assert.deepEqual(await found(gone), one("PAID_WITHOUT_ORDER", "no order"));
    assert.deepEqual(await found(rejected), one("PAID_FOR_ENDED_ORDER", "REJECTED"));
    assert.deepEqual(await found(cancelled), one("PAID_FOR_ENDED_ORDER", "CANCELLED"));
    assert.deepEqual(await found(pending), []);
    assert.deepEqual(
      await found(declined.orderId),
      one("ORDER_NOT_PAID", "CONFIRMED", "failed 0 USD"),
    );
    await mesh.order.refund({ orderId: cancelled, reason: "undo" });
    assert.deepEqual(await found(cancelled), []);
  });
});
