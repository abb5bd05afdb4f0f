import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "mocha";
import { Payout_Status } from "#gen/tradepost/payment/v1/payment.ts";
import { reasonOf } from "./checks.ts";
import { chargeOf, type StartedPayments, startPayments } from "./testing.ts";
import { merchantOwed, sellOwn, usd } from "./testing-books.ts";

const TRANSFER = "POST /v1/transfers";

describe("a payout that is not made at once", () => {
  let mesh: StartedPayments;
  before(async () => {
    mesh = await startPayments({ timeoutMs: 1_000 });
    await sellOwn(mesh);
  });
  afterEach(() => mesh.calm());
  after(() => mesh.stop());

  let count = 0;
  const key = () => ({ idempotencyKey: `lost-${++count}` });
  const merchantOf = (sales: number) => merchantOwed(mesh, sales);
  const transfers = (payoutId: string) => mesh.provider.listTransfers(payoutId);
  async function owed(merchantId: string) {
    const { rows } = await mesh.db.query<{ owed: bigint }>("select owed::bigint from owed_to($1)", [
      merchantId,
    ]);
    return rows[0]?.owed;
  }

  for (const kind of ["timeout_after", "500_after", "500_before"]) {
    it(`as its answer was lost (${kind}) is made once all the same`, async () => {
      const merchantId = await merchantOf(1);
      await mesh.fault(kind, TRANSFER, { ms: 10 });
      const same = key();
      const lost = await reasonOf(mesh.admin.createPayout({ merchantId }, same));
      assert.equal(lost, kind === "500_before" ? "DEPENDENCY_DOWN" : "none");
      const { payouts } = await mesh.admin.listPayouts({ merchantId });
      const id = payouts[0]?.id ?? "";
      assert.equal(payouts.length, 1);
      await mesh.calm();
      await mesh.recover();
      assert.equal((await mesh.admin.getPayout({ id })).payout?.status, Payout_Status.PAID);
      assert.equal((await transfers(id)).length, 1);
      assert.equal(await owed(merchantId), 0n);
      const again = await mesh.admin.createPayout({ merchantId }, same);
      assert.equal(again.payout?.status, Payout_Status.PAID);
      assert.equal(again.payout?.id, id);
    });
  }

  it("waits while what buyers paid has not arrived at Stripe", async () => {
    const merchantId = "early-bird";
    const shares = [{ merchantId, amount: usd(1_000n) }];
    await mesh.order.charge({ ...chargeOf(), shares });
    await sellOwn(mesh, "pm_card_visa");
    await drain(mesh);
    const same = key();
    const first = await mesh.admin.createPayout({ merchantId }, same);
    const id = first.payout?.id ?? "";
    assert.equal(first.payout?.status, Payout_Status.PENDING);
    await mesh.recover();
    assert.equal((await mesh.admin.getPayout({ id })).payout?.status, Payout_Status.PENDING);
    const more = mesh.admin.createPayout({ merchantId }, key());
    assert.equal(await reasonOf(more), "INSUFFICIENT_BALANCE");
    await mesh.behind("/_available", {});
    await mesh.recover();
    assert.equal((await mesh.admin.getPayout({ id })).payout?.status, Payout_Status.PAID);
    assert.equal((await transfers(id)).length, 1);
    assert.deepEqual(await mesh.admin.createPayout({ merchantId }, same), first);
  });

  it("is one transfer, however many processes drive it at once", async () => {
    const merchantId = await merchantOf(1);
    await mesh.fault("500_before", TRANSFER);
    await reasonOf(mesh.admin.createPayout({ merchantId }, key()));
    const [payout] = (await mesh.admin.listPayouts({ merchantId })).payouts;
    const id = payout?.id ?? "";
    const drivers = [mesh.parts, mesh.replica(), mesh.replica(), mesh.replica()];
    const ends = await Promise.allSettled(drivers.map(({ paying }) => paying.settle(id)));
    assert.ok(ends.some((end) => end.status === "fulfilled" && end.value.status === "paid"));
    assert.equal((await transfers(id)).length, 1);
    assert.equal(await owed(merchantId), 0n);
  });
});

/** Leaves nothing at Stripe that is available today. */
async function drain(mesh: StartedPayments): Promise<void> {
  const { available } = (await mesh.asked("/v1/balance")) as {
    readonly available: readonly { readonly amount: number }[];
  };
  const amount = available[0]?.amount ?? 0;
  if (amount > 0) {
    await mesh.behind("/v1/payouts", { amount: String(amount), currency: "usd" });
  }
}
