import assert from "node:assert/strict";
import fc from "fast-check";
import { after, before, describe, it } from "mocha";
import { Fault } from "#kit/errors.ts";
import { assertAddsUp, onSale, type Products, startProducts, stockOf } from "../testing.ts";

/** What one caller does; the same order is asked for, settled and released again and again. */
type Step =
  | { do: "reserve"; order: number; quantities: number[] }
  | { do: "commit"; orders: number[] }
  | { do: "release"; order: number }
  | { do: "return"; order: number; id: number; product: number; quantity: number }
  | { do: "adjust"; product: number; delta: number };

const someOrder = fc.integer({ min: 0, max: 5 });

const someStep: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    do: fc.constant("reserve" as const),
    order: someOrder,
    quantities: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 3 }),
  }),
  fc.record({
    do: fc.constant("commit" as const),
    orders: fc.array(someOrder, { minLength: 1, maxLength: 3 }),
  }),
  fc.record({ do: fc.constant("release" as const), order: someOrder }),
  fc.record({
    do: fc.constant("return" as const),
    order: someOrder,
    id: fc.nat(2),
    product: fc.nat(2),
    quantity: fc.integer({ min: 1, max: 3 }),
  }),
  fc.record({
    do: fc.constant("adjust" as const),
    product: fc.nat(2),
    delta: fc.integer({ min: -6, max: 6 }).filter((delta) => delta !== 0),
  }),
);

/** Steps of one inner list run at once. */
const someRun = fc.array(fc.array(someStep, { minLength: 1, maxLength: 6 }), { maxLength: 8 });

describe("the stock", () => {
  let products: Products;
  before(async () => {
    products = await startProducts();
  });
  after(() => products.stop());

  it("adds up after any steps in any order, and no order is held and closed", async () => {
    await fc.assert(
      fc.asyncProperty(someRun, async (run) => {
        const ids = await Promise.all([4, 6, 8].map((stock) => onSale(products, { stock })));
        const prefix = ids[0];
        const hasEnded = new Set<number>();
        for (const steps of run) {
          const outcomes = await Promise.all(steps.map((step) => play(step, ids, `${prefix}`)));
          for (const [index, step] of steps.entries()) {
            if (step.do === "reserve" && hasEnded.has(step.order)) {
              assert.notEqual(outcomes[index], "held");
            }
          }
          for (const step of steps) {
            if (step.do === "release") {
              hasEnded.add(step.order);
            }
          }
          await assertAddsUp(products.db);
        }
        await settleAll(ids, `${prefix}`);
      }),
      { numRuns: 60 },
    );
  });

  async function play(step: Step, ids: readonly string[], prefix: string): Promise<string> {
    const { orders, merchant } = products;
    const orderId = (order: number) => `${prefix}-${order}`;
    switch (step.do) {
      case "reserve": {
        const lines = step.quantities.map((quantity, index) => ({
          productId: ids[(step.order + index) % ids.length] as string,
          quantity,
        }));
        return outcomeOf(orders.reserveStock({ orderId: orderId(step.order), lines }));
      }
      case "commit":
        return outcomeOf(orders.commitStock({ orderIds: step.orders.map(orderId) }));
      case "release":
        return outcomeOf(orders.releaseStock({ orderId: orderId(step.order) }));
      case "return": {
        const { id, quantity } = step;
        const lines = [{ productId: ids[step.product] as string, quantity }];
        const wish = { returnId: `r${id}`, orderId: orderId(step.order), lines };
        return outcomeOf(orders.returnStock(wish));
      }
      case "adjust": {
        const id = ids[step.product] as string;
        return outcomeOf(merchant.adjustStock({ id, delta: step.delta, reason: "counted" }));
      }
    }
  }

  /** With every order closed nothing is held or sold, and all that came in is on the shelf. */
  async function settleAll(ids: readonly string[], prefix: string): Promise<void> {
    for (const order of [0, 1, 2, 3, 4, 5]) {
      await products.orders.releaseStock({ orderId: `${prefix}-${order}` });
    }
    await assertAddsUp(products.db);
    for (const id of ids) {
      const { reserved, sold } = await stockOf(products.db, id);
      assert.deepEqual({ reserved, sold }, { reserved: 0, sold: 0 });
    }
  }
});

const expected = ["OUT_OF_STOCK", "RESERVATION_CLOSED", "INVALID_FIELD"];

async function outcomeOf(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => "held",
    (error: unknown) => {
      assert(error instanceof Fault && expected.includes(error.reason), String(error));
      return error.reason;
    },
  );
}
