import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { type Funnel, gained } from "./funnels.ts";
import { advance, changed, type GoodsStage, type OrderPart, type Told } from "./stages.ts";

const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 23, 59 + minute));
const nothing: Told = {
  orderId: "o1",
  placeTime: undefined,
  order: [],
  merchants: [],
  goods: [],
  whose: [],
};
const placed: Told = { ...nothing, placeTime: at(0) };
const confirmed: Told = { ...nothing, order: ["confirmed"], merchants: ["m1", "m2"] };
const paid: Told = { ...nothing, order: ["paid"] };
const goods = (stage: GoodsStage, ...whose: string[]): Told => ({
  ...nothing,
  goods: [stage],
  whose,
});

/** What is true of each part. */
function shown(parts: readonly OrderPart[]) {
  const entries = parts.map(({ orderId: _, merchantId, placeTime, ...stages }) => {
    const reached = Object.entries(stages).flatMap(([stage, is]) => (is ? [stage] : []));
    return [merchantId, [...(placeTime ? ["placed"] : []), ...reached.sort()].join(" ")];
  });
  return Object.fromEntries(entries.sort());
}

describe("how far an order has come", () => {
  it("is known of the whole and of each merchant's part, from both topics", () => {
    const sent = goods("shipped", "m1");
    assert.deepEqual(shown(advance([], [paid, sent, placed, confirmed])), {
      "": "placed confirmed paid",
      m1: "placed confirmed paid shipped",
      m2: "placed confirmed paid",
    });
  });

  it("says of merchants what is said of the order, also where it was said before", () => {
    const before = advance([], [paid, placed]);
    assert.deepEqual(shown(before), { "": "placed paid" });
    assert.deepEqual(shown(advance(before, [confirmed])), {
      "": "placed confirmed paid",
      m1: "placed confirmed paid",
      m2: "placed confirmed paid",
    });
  });

  it("is written only where it has changed", () => {
    const before = advance([], [placed, confirmed]);
    assert.deepEqual(changed(before, advance(before, [placed, confirmed])), []);
    const after = advance(before, [goods("delivered", "m2")]);
    assert.deepEqual(
      changed(before, after).map(({ merchantId }) => merchantId),
      ["m2"],
    );
    assert.deepEqual(changed(before, advance(before, [paid])).length, 3);
  });
});

describe("a funnel", () => {
  it("gains an order in its minute, hour and day, and each stage once", () => {
    const before = advance([], [placed, confirmed]);
    const first = gained([], before).filter(({ merchantId }) => merchantId === "m1");
    assert.deepEqual(
      first.map(({ grain, startTime, placed, confirmed, paid }) => [
        grain,
        startTime.toISOString().slice(0, 16),
        [placed, confirmed, paid],
      ]),
      [
        ["day", "2026-01-01T00:00", [1, 1, 0]],
        ["hour", "2026-01-01T23:00", [1, 1, 0]],
        ["minute", "2026-01-01T23:59", [1, 1, 0]],
      ],
    );
    const after = advance(before, [paid]);
    const second = gained(before, after);
    assert.equal(second.length, 9);
    assert.ok(second.every((one) => one.placed === 0 && one.confirmed === 0 && one.paid === 1));
    assert.deepEqual(gained(after, advance(after, [paid, placed])), []);
  });

  it("gains nothing while nobody knows when the order was placed", () => {
    const early = advance([], [paid, confirmed]);
    assert.deepEqual(gained([], early), []);
    assert.equal(gained(early, advance(early, [placed])).length, 9);
  });

  it("is the same in whatever order and batches its events come", () => {
    const one = fc.constantFrom(
      ...[placed, confirmed, paid, goods("shipped", "m1"), goods("shipped", "", "m2")],
      ...[goods("delivered", "m2"), goods("returned", "", "m1"), { ...nothing, merchants: ["m1"] }],
      { ...nothing, order: ["cancelled"] as const },
      { ...placed, orderId: "o2", placeTime: at(1) },
      { ...confirmed, orderId: "o2", merchants: ["m2"] },
      { ...paid, orderId: "o2" },
    );
    const batches = fc.array(fc.tuple(one, fc.nat({ max: 3 })), { maxLength: 30 });
    fc.assert(
      fc.property(batches, (events) => {
        const all = advance(
          [],
          events.map(([told]) => told),
        );
        let known: OrderPart[] = [];
        const gains: Funnel[] = [];
        for (let batch = 0; batch <= 3; batch++) {
          const told = events.filter(([, when]) => when === batch).map(([event]) => event);
          const ids = new Set(told.map(({ orderId }) => orderId));
          const before = known.filter(({ orderId }) => ids.has(orderId));
          const after = advance(before, told);
          gains.push(...gained(before, after));
          known = [...known.filter(({ orderId }) => !ids.has(orderId)), ...after];
        }
        assert.deepEqual(sorted(known), sorted(all));
        assert.deepEqual(totals(gains), totals(gained([], all)));
      }),
    );
  });
});

function sorted(parts: readonly OrderPart[]): OrderPart[] {
  const key = ({ orderId, merchantId }: OrderPart) => `${orderId} ${merchantId}`;
  return [...parts].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

/** Of each time and merchant. */
function totals(funnels: readonly Funnel[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { grain, startTime, merchantId, ...counts } of funnels) {
    for (const [stage, count] of Object.entries(counts)) {
      const key = `${grain} ${startTime.toISOString()} ${merchantId} ${stage}`;
      sums[key] = (sums[key] ?? 0) + count;
    }
  }
  return Object.fromEntries(Object.entries(sums).filter(([, sum]) => sum !== 0));
}
