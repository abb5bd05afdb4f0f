import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { rollUp } from "./rollups.ts";
import { addUp, type Counted } from "./windows.ts";

const start = Date.UTC(2026, 0, 1, 22);

describe("hours and days", () => {
  it("are the sum of their windows, and a buyer is in them once", () => {
    const event = fc
      .record({
        minute: fc.nat({ max: 240 }),
        currency: fc.constantFrom("USD", "EUR"),
        userId: fc.constantFrom("ada", "bob", "cid"),
        units: fc.integer({ min: 1, max: 9 }),
      })
      .map(
        ({ minute, units, ...one }): Counted => ({
          ...one,
          what: "confirmed",
          time: new Date(start + minute * 60_000),
          parts: ["", "m1"].map((merchantId) => ({ merchantId, units, total: BigInt(units) })),
        }),
      );
    fc.assert(
      fc.property(fc.array(event), (events) => {
        const windows = addUp(events);
        const rollups = rollUp(windows);
        for (const { grain, startTime, currency, merchantId, ...sum } of rollups) {
          const length = grain === "day" ? 24 * 60 : 60;
          const own = windows.filter(
            (one) =>
              one.currency === currency &&
              one.merchantId === merchantId &&
              one.startTime >= startTime &&
              one.startTime.getTime() < startTime.getTime() + length * 60_000,
          );
          const total = (of: (one: (typeof own)[number]) => number) =>
            own.reduce((all, one) => all + of(one), 0);
          assert.ok(own.length > 0);
          assert.equal(
            sum.orders,
            total(({ orders }) => orders),
          );
          assert.equal(
            sum.units,
            total(({ units }) => units),
          );
          assert.equal(
            Number(sum.orderTotal),
            total(({ orderTotal }) => Number(orderTotal)),
          );
          assert.deepEqual(sum.buyers, new Set(own.flatMap(({ buyers }) => [...buyers])));
        }
        const counted = rollups.reduce((all, { orders }) => all + orders, 0);
        assert.equal(counted, events.length * 2 * 2);
      }),
    );
  });
});
