import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { type Buyer, type Cohort, gained, monthOf, monthsOf, withMore } from "./cohorts.ts";

const month = (n: number) => new Date(Date.UTC(2026, n));
const bought = (userId: string, when: Date, amount: bigint, currency = "USD"): Buyer => ({
  merchantId: "",
  userId,
  spent: [{ month: when, currency, amount }],
});

function shown(cohorts: readonly Cohort[]): string[] {
  return cohorts
    .map(({ firstMonth, month: then, currency, buyers, spent }) =>
      [firstMonth.getUTCMonth(), then.getUTCMonth(), currency || "any", buyers, spent].join(" "),
    )
    .sort();
}

describe("a cohort", () => {
  it("has its buyers in each month in which they bought, and what they spent", () => {
    const ada = [bought("ada", month(0), 100n), bought("ada", month(2), 50n, "EUR")];
    const bob = [bought("bob", month(0), 10n), bought("bob", month(0), 5n)];
    assert.deepEqual(shown(gained([], withMore([], [...ada, ...bob]))), [
      "0 0 USD 2 115",
      "0 0 any 2 0",
      "0 2 EUR 1 50",
      "0 2 any 1 0",
    ]);
  });

  it("loses who is heard to have bought earlier, with all that was spent, to an earlier one", () => {
    const before = withMore([], [bought("ada", month(1), 100n), bought("ada", month(2), 50n)]);
    const after = withMore(before, [bought("ada", month(0), 7n)]);
    assert.deepEqual(shown(gained(before, after)), [
      "0 0 USD 1 7",
      "0 0 any 1 0",
      "0 1 USD 1 100",
      "0 1 any 1 0",
      "0 2 USD 1 50",
      "0 2 any 1 0",
      "1 1 USD -1 -100",
      "1 1 any -1 0",
      "1 2 USD -1 -50",
      "1 2 any -1 0",
    ]);
  });

  it("is the same in whatever order and batches purchases come", () => {
    const one = fc.record({
      userId: fc.constantFrom("ada", "bob"),
      merchantId: fc.constantFrom("", "m1"),
      month: fc.nat({ max: 4 }),
      currency: fc.constantFrom("USD", "EUR"),
      amount: fc.bigInt({ min: 0n, max: 1_000n }),
      batch: fc.nat({ max: 3 }),
    });
    fc.assert(
      fc.property(fc.array(one, { maxLength: 30 }), (purchases) => {
        const ofBatch = (batch?: number) =>
          purchases
            .filter((purchase) => batch === undefined || purchase.batch === batch)
            .map(({ userId, merchantId, month: n, currency, amount }) => ({
              merchantId,
              userId,
              spent: [{ month: month(n), currency, amount }],
            }));
        let known: Buyer[] = [];
        const gains: Cohort[] = [];
        for (let batch = 0; batch <= 3; batch++) {
          const next = withMore(known, ofBatch(batch));
          gains.push(...gained(known, next));
          known = next;
        }
        assert.deepEqual(totals(gains), totals(gained([], withMore([], ofBatch()))));
      }),
    );
  });

  it("is asked for by months: twelve by default, 24 at most", () => {
    const now = new Date("2026-11-21T10:00:00Z");
    const ask = (from?: string, to?: string) =>
      monthsOf({ from: from ? new Date(from) : undefined, to: to ? new Date(to) : undefined }, now);
    assert.deepEqual(ask(), { from: new Date("2025-12-01T00:00:00Z"), to: now });
    const to = "2026-11-01T00:00:00Z";
    assert.deepEqual(ask(undefined, to).from, new Date("2025-11-01T00:00:00Z"));
    assert.deepEqual(ask("2024-10-01T00:00:00.001Z", to).to, new Date(to));
    for (const from of ["2024-10-01T00:00:00Z", "2020-01-01T00:00:00Z"]) {
      assert.throws(() => ask(from, to), /^Fault: from: must leave no more than 24 months/);
    }
    assert.throws(() => ask("2026-12-01T00:00:00Z"), /^Fault: from: must not be later/);
    assert.throws(() => ask("nonsense"), /^Fault: from: must be in the years/);
  });

  it("is of a month in UTC", () => {
    assert.deepEqual(monthOf(new Date("2025-12-31T23:59:59.999Z")), month(-1));
    assert.deepEqual(monthOf(new Date("2026-01-01T00:00:00.000Z")), month(0));
  });
});

function totals(cohorts: readonly Cohort[]): Record<string, bigint> {
  const sums: Record<string, bigint> = {};
  for (const { merchantId, firstMonth, month: then, currency, buyers, spent } of cohorts) {
    const key = `${merchantId} ${firstMonth.getTime()} ${then.getTime()} ${currency}`;
    sums[`${key} buyers`] = (sums[`${key} buyers`] ?? 0n) + BigInt(buyers);
    sums[`${key} spent`] = (sums[`${key} spent`] ?? 0n) + spent;
  }
  return Object.fromEntries(Object.entries(sums).filter(([, sum]) => sum !== 0n));
}
