import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { reasonOf } from "./checks.ts";
import { bookCharge, bookFee, bookRefund } from "./ledger.ts";
import { chargeOf, type StartedPayments, startPayments } from "./testing.ts";

describe("the ledger", () => {
  let mesh: StartedPayments;
  before(async () => {
    mesh = await startPayments();
  });
  after(() => mesh.stop());

  const insert = (accounts: string, amounts: string, reference = "x") =>
    mesh.db.query(
      `insert into ledger_transactions
              (id, kind, reference, payment_id, order_id, currency, accounts, amounts)
       values (gen_random_uuid(), 'charge', $3, 'p', 'o', 'USD', $1, $2)`,
      [accounts, amounts, reference],
    );

  it("refuses what is not balanced, whoever writes it", async () => {
    await assert.rejects(insert("{cash,shop}", "{100,-99}"), /ledger_is_balanced/);
    await assert.rejects(insert("{cash,shop}", "{100}"), /ledger_entries_are_whole/);
    await assert.rejects(insert("{cash}", "{0}"), /ledger_entries_are_whole/);
    await assert.rejects(insert("{}", "{}"), /ledger_entries_are_whole/);
    await assert.rejects(insert("{cash,shop}", "{100,null}"), /ledger_/);
    const huge = String(2n ** 63n - 1n);
    await assert.rejects(insert("{cash,shop,shop}", `{${huge},${huge},2}`), /ledger_is_balanced/);
  });

  it("books nothing twice and forgets nothing", async () => {
    await insert("{cash,shop}", "{100,-100}", "once");
    await assert.rejects(insert("{cash,shop}", "{100,-100}", "once"), /duplicate key/);
    for (const change of [
      "update ledger_transactions set amounts = '{1,-1}'",
      "delete from ledger_transactions",
      "truncate ledger_transactions",
    ]) {
      await assert.rejects(mesh.db.query(change), /only ever added to/);
    }
  });

  it("sums to zero by transaction and currency", async () => {
    const { orderId, ...wish } = chargeOf();
    await mesh.order.charge({ ...wish, orderId });
    await mesh.order.refund({ orderId, reason: "undo" });
    const { rows } = await mesh.db.query(
      `select transaction_id, currency from ledger_entries
        group by transaction_id, currency having sum(amount) <> 0`,
    );
    assert.deepEqual(rows, []);
  });

  it("is read page by page, newest first, by admins", async () => {
    await Promise.all(Array.from({ length: 5 }, () => mesh.order.charge(chargeOf())));
    const all = await mesh.admin.listLedger({ pageSize: 100 });
    const paged: string[] = [];
    let pageToken = "";
    do {
      const page = await mesh.admin.listLedger({ pageSize: 3, pageToken });
      paged.push(...page.entries.map(({ id }) => id));
      pageToken = page.nextPageToken ?? "";
    } while (pageToken !== "");
    assert.deepEqual(
      paged,
      all.entries.map(({ id }) => id),
    );
    assert.ok(paged.length > 25);
    assert.equal(new Set(paged).size, paged.length);
    const times = all.entries.map(({ createTime }) => Number(createTime));
    assert.deepEqual(
      times,
      times.toSorted((one, other) => other - one),
    );
    const from = all.entries[4]?.createTime;
    const since = await mesh.admin.listLedger({ pageSize: 100, ...(from && { from }) });
    assert.deepEqual(
      since.entries.map(({ id }) => id),
      all.entries
        .filter(({ createTime }) => Number(createTime) >= Number(from))
        .map(({ id }) => id),
    );
    const backwards = mesh.admin.listLedger({ from: new Date(2), to: new Date(1) });
    assert.equal(await reasonOf(backwards), "INVALID_FIELD");
    const { entries } = await mesh.admin.listLedger({ to: new Date(Date.now() - 3_600_000) });
    assert.deepEqual(entries, []);
    const forged = mesh.admin.listLedger({ pageToken: "Zm9yZ2Vk" });
    assert.equal(await reasonOf(forged), "INVALID_PAGE_TOKEN");
    assert.equal(await reasonOf(mesh.support.listLedger({})), "ROLE_REQUIRED");
  });

  it("never lets more be paid back than was charged, whoever writes it", async () => {
    const { payment } = await mesh.order.charge(chargeOf());
    for (const refunded of [1_001, -1]) {
      await assert.rejects(
        mesh.db.query("update payments set refunded = $2 where id = $1", [payment?.id, refunded]),
        /payments_refunded_within_amount/,
      );
    }
  });
});

describe("a booking", () => {
  const shares = [
    { merchantId: "m-1", amount: 70n },
    { merchantId: "", amount: 30n },
  ];
  const sum = (entries: readonly { amount: bigint }[]) =>
    entries.reduce((total, { amount }) => total + amount, 0n);

  it("of a charge owes the money to its owners; of a refund takes it back", () => {
    assert.deepEqual(bookCharge("pi_1", 100n, shares).entries, [
      { account: "cash", amount: 100n },
      { account: "merchant:m-1", amount: -70n },
      { account: "shop", amount: -30n },
    ]);
    for (const { entries } of [
      bookCharge("pi_1", 100n, shares),
      bookRefund("re_1", 100n, shares),
      bookFee("ch_1", 59n),
    ]) {
      assert.equal(sum(entries), 0n);
    }
  });
});
