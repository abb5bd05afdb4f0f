import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import type { PoolClient } from "pg";
import { type Db, inTransaction } from "#kit/db.ts";
import { until } from "#kit/testing-until.ts";
import { lockMerchant } from "./payout-balance.ts";
import { chargeOf, type StartedPayments, startPayments } from "./testing.ts";

const usd = (amount: bigint) => ({ currencyCode: "USD", amount });

describe("a merchant's account", () => {
  let mesh: StartedPayments;
  before(async () => {
    mesh = await startPayments();
  });
  after(() => mesh.stop());

  let merchants = 0;
  const newMerchant = () => `balance-${++merchants}`;
  /** An order of 10.00 that is all one merchant's. */
  async function sell(merchantId: string) {
    const wish = chargeOf();
    const shares = [{ merchantId, amount: usd(1_000n) }];
    const { payment } = await mesh.order.charge({ ...wish, shares });
    return { orderId: wish.orderId, paymentId: payment?.id ?? "" };
  }
  const balances = (merchantId: string) =>
    inTransaction(mesh.db, (tx) => lockMerchant(tx, merchantId));
  const book = (
    merchantId: string,
    kind: string,
    amount: number,
    at = "now()",
    on: Db | PoolClient = mesh.db,
  ) =>
    on.query(
      `insert into ledger_transactions
              (id, kind, reference, payment_id, order_id, currency, accounts, amounts, created_at)
       values (gen_random_uuid(), $1, gen_random_uuid(), $4, $4, 'USD', $2, $3, ${at})`,
      [
        kind,
        `{"merchant:${merchantId}",cash}`,
        `{${amount},${-amount}}`,
        kind.startsWith("payout") ? null : "p",
      ],
    );

  it("has what was charged for it, less what was paid back", async () => {
    const merchant = newMerchant();
    assert.deepEqual(await balances(merchant), []);
    await sell(merchant);
    const { paymentId } = await sell(merchant);
    assert.deepEqual(await balances(merchant), [{ currency: "USD", available: 2_000n }]);
    await mesh.support.refundPayment({ id: paymentId, amount: usd(300n), reason: "scratched" });
    assert.deepEqual(await balances(merchant), [{ currency: "USD", available: 1_700n }]);
  });

  it("is the same sum when what is old was summed up", async () => {
    const merchant = newMerchant();
    await book(merchant, "charge", -500, "now() - interval '3 hours'");
    await book(merchant, "refund", 100, "now() - interval '2 hours'");
    await book(merchant, "charge", -50);
    for (const _time of [1, 2, 3]) {
      assert.deepEqual(await balances(merchant), [{ currency: "USD", available: 450n }]);
    }
    const { rows } = await mesh.db.query(
      "select folded, folded_until < now() as past from merchant_balances join merchant_accounts using (merchant_id) where merchant_id = $1",
      [merchant],
    );
    assert.deepEqual(rows, [{ folded: 400n, past: true }]);
  });

  it("sums up nothing that a transaction under way could still add to", async () => {
    const merchant = newMerchant();
    const slow = await mesh.db.connect();
    try {
      await slow.query("begin");
      const { rows } = await slow.query<{ began: Date }>("select now() as began");
      await balances(merchant);
      const known = await mesh.db.query<{ until: Date }>(
        "select folded_until as until from merchant_accounts where merchant_id = $1",
        [merchant],
      );
      assert.ok(Number(known.rows[0]?.until) <= Number(rows[0]?.began));
      await slow.query("rollback");
    } finally {
      slow.release();
    }
  });

  it("cannot be overdrawn by a payout, whoever books it and however many at once", async () => {
    const merchant = newMerchant();
    await sell(merchant);
    await assert.rejects(book(merchant, "payout", 1_001), /is of more than/);
    const ends = await Promise.allSettled(
      Array.from({ length: 20 }, () => book(merchant, "payout", 300)),
    );
    assert.equal(ends.filter(({ status }) => status === "fulfilled").length, 3);
    assert.deepEqual(await balances(merchant), [{ currency: "USD", available: 100n }]);
  });

  it("makes a payout wait for the one before, and counts it", async () => {
    const merchant = newMerchant();
    await sell(merchant);
    const first = await mesh.db.connect();
    try {
      await first.query("begin");
      const { rows } = await first.query<{ pid: number }>("select pg_backend_pid() as pid");
      await book(merchant, "payout", 600, "now()", first);
      let ended = false;
      const second = book(merchant, "payout", 600).finally(() => {
        ended = true;
      });
      second.catch(() => {});
      const waiting = async () =>
        (
          await mesh.db.query(
            "select from pg_stat_activity where $1 = any (pg_blocking_pids(pid))",
            [rows[0]?.pid],
          )
        ).rowCount === 1;
      await until(async () => ended || (await waiting()));
      await first.query("commit");
      await assert.rejects(second, /is of more than/);
    } finally {
      first.release();
    }
    assert.deepEqual(await balances(merchant), [{ currency: "USD", available: 400n }]);
  });

  it("keeps back what is being paid back", async () => {
    const merchant = newMerchant();
    await sell(merchant);
    const { orderId } = await sell(merchant);
    await mesh.db.query(
      `insert into refunds (id, payment_id, refund_key, amount, status, reason)
       select 'pending-' || id, id, 'x', 1, 'pending', '' from payments where order_id = $1`,
      [orderId],
    );
    assert.deepEqual(await balances(merchant), [{ currency: "USD", available: 1_000n }]);
    await assert.rejects(book(merchant, "payout", 1_500), /is of more than/);
  });
});
