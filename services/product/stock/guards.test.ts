import assert from "node:assert/strict";
import fc from "fast-check";
import { after, before, describe, it } from "mocha";
import {
  afterCommit,
  afterRelease,
  mayHoldStock,
  mayReturn,
  type Reservation,
} from "../../../tests/model/guards.ts";
import { onSale, order, type Products, startProducts } from "../testing.ts";
import { holdAll } from "./reserve-store.ts";
import { takeReturn } from "./return-store.ts";
import { settle, takeBack } from "./settle-store.ts";

const someState = fc.constantFrom<Reservation>("none", "held", "committed", "released");

describe("what the model takes the stock's statements for", () => {
  let products: Products;
  let mug: string;
  before(async () => {
    products = await startProducts();
    mug = await onSale(products, { stock: 100_000 });
  });
  after(() => products.stop());

  /** A reservation of `quantity` mugs that has come to this state. */
  async function reservation(state: Reservation, quantity: number): Promise<string> {
    const { orderId, lines } = order([mug], quantity);
    if (state === "held" || state === "committed") {
      await holdAll(products.db, [{ orderId, lines }]);
    }
    if (state === "committed") {
      await settle(products.db, [orderId]);
    }
    if (state === "released") {
      await takeBack(products.db, [orderId]);
    }
    return orderId;
  }
  async function stateOf(orderId: string): Promise<Reservation> {
    const { rows } = await products.db.query("select state from reservations where order_id = $1", [
      orderId,
    ]);
    return rows[0]?.state ?? "none";
  }
  const property = <T>(some: fc.Arbitrary<T>, holds: (given: T) => Promise<void>) =>
    fc.assert(fc.asyncProperty(some, holds), { numRuns: 40 });

  it("is what holds stock", async () => {
    const stock = fc.nat(4);
    const some = fc.record({ state: someState, stock, quantity: fc.integer({ min: 1, max: 4 }) });
    await property(some, async ({ state, stock, quantity }) => {
      const orderId = await reservation(state, 1);
      const pot = await onSale(products, { stock });
      const attempt = await holdAll(products.db, [
        { orderId, lines: [{ productId: pot, quantity }] },
      ]);
      const isHeld = attempt.isHeld && attempt.reservations.length === 1;
      assert.equal(isHeld, mayHoldStock(state, stock, quantity));
    });
  });

  it("is what settles and releases", async () => {
    const some = fc.record({ state: someState, act: fc.constantFrom("settle", "all", "held") });
    await property(some, async ({ state, act }) => {
      const orderId = await reservation(state, 1);
      if (act === "settle") {
        await settle(products.db, [orderId]);
        assert.equal(await stateOf(orderId), afterCommit(state));
        return;
      }
      const only = act === "held" ? "held" : undefined;
      await takeBack(products.db, [orderId], only && [only]);
      assert.equal(await stateOf(orderId), afterRelease(state, only));
    });
  });

  it("is what takes returns", async () => {
    const pieces = fc.integer({ min: 1, max: 4 });
    const some = fc.record({ state: someState, first: pieces, second: pieces, same: fc.boolean() });
    await property(some, async ({ state, first, second, same }) => {
      const orderId = await reservation(state, 4);
      const give = (id: string, quantity: number) =>
        takeReturn(products.db, { id, orderId, lines: [{ productId: mug, quantity }] });
      const expected = { due: "done", known: "done", closed: "closed", excess: "excess" } as const;
      let now = state;
      let left = 4;
      for (const [id, quantity, isKnown] of [
        ["r1", first, false],
        [same ? "r1" : "r2", second, same],
      ] as const) {
        // One that is held is settled first.
        now = afterCommit(now);
        const verdict = mayReturn(now, isKnown, left, quantity);
        assert.notEqual(verdict, "held");
        assert.equal(await give(id, quantity), expected[verdict as keyof typeof expected]);
        left -= verdict === "due" ? quantity : 0;
      }
    });
  });
});
