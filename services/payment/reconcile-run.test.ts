import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "mocha";
import { Order_Status } from "#gen/tradepost/order/v1/order.ts";
import { Payout_Status } from "#gen/tradepost/payment/v1/payment.ts";
import { reasonOf } from "./checks.ts";
import { type StartedPayments, startPayments } from "./testing.ts";
import { chargedBy, findingsOf, inOneLine, sellOwn, usd } from "./testing-books.ts";

describe("a run of the reconciler", () => {
  let mesh: StartedPayments;
  before(async () => {
    mesh = await startPayments();
    // Only the reconciler tells.
    mesh.endpoint.isOn = false;
    await sellOwn(mesh);
  });
  afterEach(() => mesh.calm());
  after(() => mesh.stop());

  const found = (...ids: string[]) => findingsOf(mesh, ...ids);
  const book = (kind: string, reference: string, amount = 1_000) =>
    mesh.db.query(
      `insert into ledger_transactions
              (id, kind, reference, payment_id, order_id, currency, accounts, amounts)
       values (gen_random_uuid(), $1, $2, $3, $3, 'USD', '{cash,shop}', $4)`,
      [kind, reference, kind.startsWith("payout") ? null : "made-up", `{${amount},${-amount}}`],
    );

  it("learns of disputes that nobody told of, and how they ended", async () => {
    const { orderId, paymentId, intentId } = await chargedBy(mesh);
    const { id } = await mesh.bank(intentId);
    assert.deepEqual(await found(id), ["DISPUTE_UNSETTLED | nothing | open | repaired"]);
    // While a bank decides, nothing can be paid back.
    mesh.orders.set(orderId, { status: Order_Status.CANCELLED });
    assert.deepEqual(await found(id, orderId), []);
    await mesh.bank(id, { outcome: "lost" });
    assert.deepEqual(await found(id), ["DISPUTE_UNSETTLED | open | lost | repaired"]);
    assert.deepEqual(await found(id, orderId, paymentId), []);
  });

  it("settles a payout of which only Stripe knows, and reports transfers of nobody", async () => {
    await chargedBy(mesh);
    await mesh.fault("500_after", "POST /v1/transfers");
    await mesh.fault("500_before", "GET /v1/transfers");
    const lost = mesh.admin.createPayout(
      { merchantId: "m-1", amount: usd(100n) },
      { idempotencyKey: "lost" },
    );
    assert.equal(await reasonOf(lost), "DEPENDENCY_DOWN");
    const [payout] = (await mesh.admin.listPayouts({})).payouts;
    assert.equal(payout?.status, Payout_Status.PENDING);
    await mesh.calm();
    const { findings } = await mesh.operator.reconcile({});
    assert.deepEqual(findings.map(inOneLine), [
      "PAYOUT_UNSETTLED | pending 100 USD | 100 USD | repaired",
    ]);
    const after = await mesh.admin.getPayout({ id: payout?.id ?? "" });
    assert.equal(after.payout?.status, Payout_Status.PAID);
    const destination = after.payout?.destination ?? "";
    const transfer = { amount: "70", currency: "usd", destination };
    const { id } = await mesh.behind("/v1/transfers", transfer);
    assert.deepEqual(await found(id), ["TRANSFER_UNKNOWN | nothing | 70 | left"]);
    await mesh.db.query(
      `insert into payouts (id, merchant_id, currency, amount, status, transfer_id)
       values ('made-up', 'm-1', 'USD', 50, 'paid', 'tr_gone')`,
    );
    await book("payout_paid", "made-up", -50);
    assert.deepEqual(await found("tr_gone"), ["TRANSFER_MISSING | -50 USD | nothing | left"]);
  });

  it("shows what is left as a metric, by kind", async () => {
    await mesh.operator.reconcile({});
    const text = await mesh.metrics.getSingleMetricAsString("tradepost_reconcile_findings");
    assert.match(text, /tradepost_reconcile_findings\{kind="TRANSFER_UNKNOWN".*\} 1\n/);
    assert.doesNotMatch(text, /UNSETTLED/);
  });

  it("runs when it is due, on one replica at a time", async () => {
    const hour = 3_600_000;
    const runs = await Promise.all([1, 2, 3].map(() => mesh.reconciler.runIfDue(hour)));
    assert.equal(runs.filter((one) => one !== undefined).length, 1);
    assert.equal(await mesh.reconciler.runIfDue(hour), undefined);
    await mesh.db.query("update reconcile_turn set began_at = now() - interval '61 minutes'");
    const other = await mesh.db.connect();
    try {
      await other.query("select pg_advisory_lock(hashtext('payment.reconcile'))");
      assert.equal(await mesh.reconciler.runIfDue(hour), undefined);
    } finally {
      await other.query("select pg_advisory_unlock(hashtext('payment.reconcile'))");
      other.release();
    }
    assert.notEqual(await mesh.reconciler.runIfDue(hour), undefined);
  });

  it("is for operators and admins, and looks back, not forward", async () => {
    assert.ok((await mesh.admin.reconcile({})).findings.length > 0);
    assert.equal(await reasonOf(mesh.support.reconcile({})), "ROLE_REQUIRED");
    assert.equal(await reasonOf(mesh.order.reconcile({})), "MISSING_CREDENTIALS");
    const later = new Date(Date.now() + 60_000);
    assert.equal(await reasonOf(mesh.admin.reconcile({ since: later })), "INVALID_FIELD");
  });
});
