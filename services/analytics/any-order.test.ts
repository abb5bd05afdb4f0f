import assert from "node:assert/strict";
import fc from "fast-check";
import { after, before, describe, it } from "mocha";
import type { Told } from "#kit/testing-intake.ts";
import { uuidv7 } from "#kit/uuid.ts";
import { analyticsHouse, type House } from "./testing.ts";
import { lifeOf } from "./testing-orders.ts";

const RUNS = 12;
const MINUTE_MS = 60_000;
const START = Date.UTC(2026, 0, 30, 21);
/** Over the end of a month. */
const MINUTES = 3 * 24 * 60;
const time = (minute: number) => new Date(START + minute * MINUTE_MS);

type Event = readonly [topic: "orders" | "payments", told: Told];

const goods = [
  { productId: "mug", name: "Mug", merchantId: "m1", quantity: 2, subtotal: 2_000n },
  { productId: "jug", name: "Jug", merchantId: "m1", quantity: 1, subtotal: 700n },
  { productId: "hat", name: "Hat", merchantId: "m2", quantity: 3, subtotal: 1_501n },
];

/** An order's events, each at a time of its own, some of them never. */
const life = fc
  .record({
    userId: fc.constantFrom("ada", "bob", "cid"),
    items: fc.subarray(goods, { minLength: 1 }),
    currency: fc.constantFrom("USD", "EUR"),
    minutes: fc.array(fc.nat({ max: MINUTES - 1 }), { minLength: 7, maxLength: 7 }),
    happened: fc.array(fc.boolean(), { minLength: 7, maxLength: 7 }),
  })
  .map(({ minutes, happened, ...order }) => (orderId: string): Event[] => {
    const { placed, confirmed, paid, shipped, delivered, returned, cancelled } = lifeOf({
      orderId,
      ...order,
    });
    const part = order.items.slice(0, 1).map(({ merchantId }) => merchantId);
    const at = minutes.map(time) as [Date, Date, Date, Date, Date, Date, Date];
    const events: Event[] = [
      ["orders", placed(at[0])],
      ["orders", confirmed(at[1])],
      ["payments", paid(at[2])],
      ["orders", shipped(at[3], part)],
      ["orders", delivered(at[4])],
      ["orders", returned(at[5], part)],
      ["orders", cancelled(at[6])],
    ];
    return events
      .filter((_, index) => happened[index])
      .map(([topic, told]) => [topic, { ...told, id: uuidv7() }]);
  });

const lives = fc
  .array(life, { minLength: 1, maxLength: 5 })
  .map((all) => all.flatMap((events, index) => events(`o${index}`)));

describe("what was counted of events", function () {
  this.timeout(120_000);
  let house: House;
  let people: readonly Awaited<ReturnType<House["as"]>>[];
  before(async () => {
    house = await analyticsHouse();
    people = [await house.as("boss", "ADMIN"), await house.as("m1", "MERCHANT")];
  });
  after(() => house.stop());

  const all = { from: time(0), to: time(MINUTES) };

  async function hear(events: readonly Event[]): Promise<void> {
    for (const topic of ["payments", "orders"] as const) {
      const own = events.filter((event) => event[0] === topic).map(([, told]) => told);
      if (own.length > 0) {
        await house.hear(topic, ...own);
      }
    }
  }

  /** All that anybody is shown, but how often windows were changed and when. */
  function shown() {
    return Promise.all(
      people.map(async (person) => ({
        windows: (await person.listWindows({ ...all, pageSize: 100 })).windows.map(
          ({ version: _, updateTime: __, ...window }) => window,
        ),
        summary: await person.getSummary(all),
        products: await person.listTopProducts(all),
        funnel: await person.getFunnel(all),
        cohorts: await person.listCohorts({ from: new Date("2026-01-01"), to: time(MINUTES) }),
      })),
    );
  }

  it("is the same in whatever order and batches they come, and however often", async () => {
    const arrival = lives.chain((events) =>
      fc.record({
        events: fc.constant(events),
        batches: fc.array(fc.nat({ max: 4 }), {
          minLength: events.length * 2,
          maxLength: events.length * 2,
        }),
        shuffled: fc.shuffledSubarray([...events, ...events], { minLength: events.length * 2 }),
      }),
    );
    await fc.assert(
      fc.asyncProperty(arrival, async ({ events, batches, shuffled }) => {
        await house.forget();
        await hear(events);
        const expected = await shown();
        await house.forget();
        for (let batch = 0; batch <= 4; batch++) {
          await hear(shuffled.filter((_, index) => batches[index] === batch));
        }
        assert.deepEqual(await shown(), expected);
      }),
      { numRuns: RUNS },
    );
  });

  it("is the same in a summary of any time and in the windows of that time", async () => {
    const minute = fc.nat({ max: MINUTES });
    await fc.assert(
      fc.asyncProperty(lives, fc.array(fc.tuple(minute, minute)), async (events, ranges) => {
        await house.forget();
        await hear(events);
        for (const [one, other] of ranges) {
          const range = { from: time(Math.min(one, other)), to: time(Math.max(one, other)) };
          for (const person of people) {
            const { windows, nextPageToken } = await person.listWindows({
              ...range,
              pageSize: 100,
            });
            assert.equal(nextPageToken, undefined);
            const { summaries } = await person.getSummary(range);
            const currencies = [...new Set(windows.map(({ currencyCode }) => currencyCode))].sort();
            assert.deepEqual(
              summaries.map(({ currencyCode }) => currencyCode),
              currencies,
            );
            for (const { currencyCode, ...summary } of summaries) {
              const own = windows.filter((window) => window.currencyCode === currencyCode);
              const sum = (of: (window: (typeof own)[number]) => bigint | number | undefined) =>
                own.reduce((total, window) => total + BigInt(of(window) ?? 0), 0n);
              assert.equal(
                summary.orders,
                sum(({ orders }) => orders),
              );
              assert.equal(
                summary.units,
                sum(({ units }) => units),
              );
              assert.equal(
                summary.cancelled,
                sum(({ cancelled }) => cancelled),
              );
              assert.equal(
                summary.revenue?.amount,
                sum(({ revenue }) => revenue?.amount),
              );
              assert.ok(summary.uniqueBuyers <= sum(({ uniqueBuyers }) => uniqueBuyers));
            }
          }
        }
      }),
      { numRuns: RUNS },
    );
  });

  it("is each buyer once in a summary of any time", async () => {
    const minute = fc.nat({ max: MINUTES });
    const bought = fc.record({ userId: fc.constantFrom("ada", "bob", "cid"), minute });
    await fc.assert(
      fc.asyncProperty(
        fc.array(bought, { minLength: 1, maxLength: 30 }),
        fc.array(fc.tuple(minute, minute), { minLength: 1, maxLength: 8 }),
        async (purchases, ranges) => {
          await house.forget();
          const told = purchases.map(({ userId, minute: at }, index) =>
            lifeOf({ orderId: `o${index}`, userId, items: goods }).confirmed(time(at)),
          );
          await house.hear("orders", ...told);
          for (const [one, other] of ranges) {
            const [from, to] = [Math.min(one, other), Math.max(one, other)];
            const inside = purchases.filter(({ minute: at }) => at >= from && at < to);
            const buyers = new Set(inside.map(({ userId }) => userId)).size;
            for (const person of people) {
              const { summaries } = await person.getSummary({ from: time(from), to: time(to) });
              assert.equal(Number(summaries[0]?.uniqueBuyers ?? 0), buyers);
            }
          }
        },
      ),
      { numRuns: RUNS },
    );
  });
});
