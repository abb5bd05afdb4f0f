import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "mocha";
import { Payout_Status } from "#gen/tradepost/payment/v1/payment.ts";
import { reasonOf, untilKnown } from "./checks.ts";
import { type StartedPayments, startPayments } from "./testing.ts";
import { merchantOwed, sellOwn, usd } from "./testing-books.ts";

describe("a payout", () => {
  let mesh: StartedPayments;
  before(async () => {
    mesh = await startPayments();
    await sellOwn(mesh);
  });
  afterEach(() => mesh.calm());
  after(() => mesh.stop());

  let count = 0;
  const key = () => ({ idempotencyKey: `payout-${++count}` });
  const merchantOf = (sales: number) => merchantOwed(mesh, sales);
  async function accounts(merchantId: string): Promise<Record<string, bigint>> {
    const { rows } = await mesh.db.query<{ account: string; balance: bigint }>(
      `select account, sum(amount)::bigint as balance from ledger_entries
        where account = $1 or reference in (select id from payouts where merchant_id = $2)
        group by account order by account`,
      [`merchant:${merchantId}`, merchantId],
    );
    return Object.fromEntries(rows.map(({ account, balance }) => [account, balance]));
  }
  const transfers = async (payoutId: string) => mesh.provider.listTransfers(payoutId);

  it("of all that is owed leaves nothing owed, and the money is at the merchant's", async () => {
    const merchantId = await merchantOf(2);
    const { payout } = await mesh.admin.createPayout({ merchantId }, key());
    assert.equal(payout?.status, Payout_Status.PAID);
    assert.deepEqual(payout?.amount, usd(2_000n));
    assert.deepEqual(await accounts(merchantId), {
      cash: -2_000n,
      [`merchant:${merchantId}`]: 0n,
      payouts: 0n,
    });
    const [transfer, ...others] = await transfers(payout?.id ?? "");
    assert.equal(transfer?.amount, 2_000n);
    assert.deepEqual(others, []);
    assert.deepEqual((await mesh.admin.getPayout({ id: payout?.id ?? "" })).payout, payout);
  });

  it("needs a key, and with the same key is made once and answered the same", async () => {
    const merchantId = await merchantOf(1);
    const wish = { merchantId, amount: usd(400n) };
    await assert.rejects(mesh.admin.createPayout(wish), /Idempotency-Key/);
    const same = key();
    const answers = await Promise.all([1, 2, 3].map(() => mesh.admin.createPayout(wish, same)));
    const again = await mesh.admin.createPayout(wish, same);
    const [first] = answers;
    assert.deepEqual(again, first);
    assert.equal(new Set(answers.map(({ payout }) => payout?.id)).size, 1);
    const { payouts } = await mesh.admin.listPayouts({ merchantId });
    assert.equal(payouts.length, 1);
    const other = mesh.admin.createPayout({ ...wish, amount: usd(1n) }, same);
    assert.equal(await reasonOf(other), "IDEMPOTENCY_KEY_REUSED");
  });

  it("never overdraws the account, however many run at once", async () => {
    const merchantId = await merchantOf(1);
    const wish = { merchantId, amount: usd(150n) };
    const ends = await Promise.allSettled(
      Array.from({ length: 20 }, () => {
        const same = { ...key(), timeoutMs: 15_000 };
        return untilKnown(() => mesh.admin.createPayout(wish, same));
      }),
    );
    assert.equal(ends.filter(({ status }) => status === "fulfilled").length, 6);
    for (const end of ends) {
      if (end.status === "rejected") {
        assert.equal(end.reason.reason, "INSUFFICIENT_BALANCE");
        assert.equal(end.reason.metadata.currencyCode, "USD");
      }
    }
    assert.equal((await accounts(merchantId))[`merchant:${merchantId}`], -100n);
  });

  it("of more than is owed, of nothing, or of another currency is refused", async () => {
    const merchantId = await merchantOf(1);
    const ask = (amount: { currencyCode: string; amount: bigint }) =>
      reasonOf(mesh.admin.createPayout({ merchantId, amount }, key()));
    assert.equal(await ask(usd(1_001n)), "INSUFFICIENT_BALANCE");
    assert.equal(await ask({ currencyCode: "EUR", amount: 1n }), "INSUFFICIENT_BALANCE");
    assert.equal(await ask(usd(0n)), "INVALID_FIELD");
    assert.equal(await ask(usd(-1n)), "INVALID_FIELD");
    const stranger = mesh.admin.createPayout({ merchantId: "nobody" }, key());
    assert.equal(await reasonOf(stranger), "INSUFFICIENT_BALANCE");
    assert.equal(await reasonOf(mesh.admin.getPayout({ id: "nope" })), "PAYOUT_NOT_FOUND");
  });

  it("that Stripe refuses is failed for ever, and owed again", async () => {
    const merchantId = await merchantOf(1);
    await mesh.db.query(
      `insert into merchant_accounts (merchant_id, destination) values ($1, 'acct_!')`,
      [merchantId],
    );
    const { payout } = await mesh.admin.createPayout({ merchantId }, key());
    assert.equal(payout?.status, Payout_Status.FAILED);
    assert.notEqual(payout?.failureCode, "");
    assert.equal((await accounts(merchantId))[`merchant:${merchantId}`], -1_000n);
    const back = mesh.db.query(`update payouts set status = 'pending' where id = $1`, [payout?.id]);
    await assert.rejects(back, /for ever/);
  });

  it("is listed newest first, page by page; a merchant sees its own, and makes none", async () => {
    const [one, two] = [await merchantOf(1), await merchantOf(1)];
    const ids: string[] = [];
    for (const merchantId of [one, two, one, one]) {
      const { payout } = await mesh.admin.createPayout({ merchantId, amount: usd(10n) }, key());
      ids.unshift(payout?.id ?? "");
    }
    const ofOne = [ids[0], ids[1], ids[3]];
    const merchant = await mesh.merchant(one);
    const idsOf = (payouts: readonly { id: string }[]) => payouts.map(({ id }) => id);
    assert.deepEqual(idsOf((await mesh.admin.listPayouts({ pageSize: 4 })).payouts), ids);
    assert.deepEqual(idsOf((await mesh.admin.listPayouts({ merchantId: one })).payouts), ofOne);
    assert.deepEqual(idsOf((await merchant.listPayouts({})).payouts), ofOne);
    assert.deepEqual((await merchant.listPayouts({ merchantId: two })).payouts, []);
    const first = await merchant.listPayouts({ pageSize: 2 });
    const pageToken = first.nextPageToken ?? "";
    const rest = await merchant.listPayouts({ pageSize: 2, pageToken });
    assert.deepEqual(idsOf([...first.payouts, ...rest.payouts]), ofOne);
    assert.equal(rest.nextPageToken, undefined);
    assert.equal(await reasonOf(merchant.getPayout({ id: ids[2] ?? "" })), "PAYOUT_NOT_FOUND");
    const forged = merchant.listPayouts({ pageToken: "Zm9yZ2Vk" });
    assert.equal(await reasonOf(forged), "INVALID_PAGE_TOKEN");
    for (const who of [merchant, mesh.support, await mesh.person("user-123")]) {
      const made = who.createPayout({ merchantId: one }, key());
      assert.equal(await reasonOf(made), "ROLE_REQUIRED");
    }
    assert.equal(await reasonOf(mesh.support.listPayouts({})), "ROLE_REQUIRED");
    const { entries } = await merchant.listLedger({ pageSize: 100 });
    assert.deepEqual([...new Set(entries.map(({ account }) => account))], [`merchant:${one}`]);
  });
});
