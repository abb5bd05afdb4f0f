import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { addUp, averageOrderValue, type Counted } from "./windows.ts";

const time = new Date("2026-01-01T10:00:42.500Z");
const bought: Counted = {
  what: "confirmed",
  time,
  currency: "USD",
  userId: "u1",
  parts: [
    { merchantId: "", units: 3, total: 3_499n },
    { merchantId: "m1", units: 3, total: 3_000n },
  ],
};

describe("a window", () => {
  it("begins with its minute and holds its end out", () => {
    const next = new Date("2026-01-01T10:01:00.000Z");
    const starts = addUp([bought, { ...bought, time: next }]).map(({ startTime }) => startTime);
    const start = new Date("2026-01-01T10:00:00.000Z");
    assert.deepEqual(starts, [start, start, next, next]);
  });

  it("counts the shop and each merchant on their own", () => {
    const [shop, merchant] = addUp([bought, { ...bought, userId: "u2" }, bought]);
    assert.equal(shop?.orders, 3);
    assert.equal(shop?.orderTotal, 10_497n);
    assert.equal(shop?.buyers.size, 2);
    assert.equal(merchant?.merchantId, "m1");
    assert.equal(merchant?.units, 9);
  });

  it("books the shop's own share of a payment on the shop alone", () => {
    const shares = [
      { merchantId: "m1", amount: 3_000n },
      { merchantId: "", amount: 499n },
    ];
    const [shop, merchant] = addUp([{ what: "revenue", time, currency: "USD", shares }]);
    assert.equal(shop?.revenue, 3_499n);
    assert.equal(merchant?.revenue, 3_000n);
  });

  it("does not mind the order of its events", () => {
    const event = fc.constantFrom<Counted>(
      bought,
      { what: "rejected", time, currency: "USD", merchants: ["m1"] },
      {
        what: "cancelled",
        time: new Date(time.getTime() + 60_000),
        currency: "EUR",
        merchants: [],
      },
    );
    fc.assert(
      fc.property(fc.array(event), (events) => {
        assert.deepEqual(addUp(events), addUp([...events].reverse()));
      }),
    );
  });

  it("has an average of 0 without orders, rounded down otherwise", () => {
    assert.equal(averageOrderValue(0n, 0), 0n);
    assert.equal(averageOrderValue(1_000n, 3), 333n);
  });
});
