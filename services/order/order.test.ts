import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { hold } from "./holding.ts";
import { cancel, confirm, type Order, place, reject, type Wanted } from "./order.ts";
import { sharesOf, totalsOf } from "./totals.ts";
import { FINAL, TRANSITIONS } from "./transitions.ts";

const at = new Date("2026-01-01T00:00:00Z");
const later = new Date("2026-01-01T00:00:01Z");
const address = { street: "123 Main St", city: "SF", state: "CA", zip: "94105", country: "USA" };
const wanted: Wanted = {
  id: "o1",
  userId: "u1",
  items: [{ productId: "mug", quantity: 2 }],
  address,
  paymentMethod: "pm_card_visa",
};
const mug = { productId: "mug", merchantId: "m1", name: "Mug", unitPrice: 1_250n, currency: "USD" };
const rejection = { reason: "OUT_OF_STOCK", detail: "mug: 2 asked, 1 left", metadata: {} };

describe("order", () => {
  const placed = place(wanted, "AUTOMATIC", "u1", at).order;

  it("is pending and without prices when it is placed", () => {
    assert.equal(placed.status, "PENDING");
    assert.equal(placed.totals, undefined);
    assert.equal(placed.sequence, 1);
  });

  it("makes one line of a product that stands twice", () => {
    const items = [
      { productId: "mug", quantity: 2 },
      { productId: "cup", quantity: 1 },
      { productId: "mug", quantity: 3 },
    ];
    const { order } = place({ ...wanted, items }, "AUTOMATIC", "u1", at);
    assert.deepEqual(
      order.lines.map(({ productId, quantity }) => [productId, quantity]),
      [
        ["mug", 5],
        ["cup", 1],
      ],
    );
  });

  it("takes its prices from the reservation", () => {
    const held = hold(placed, [mug]);
    assert.deepEqual(held.totals, totalsOf("USD", held.lines));
    assert.equal(held.totals.subtotal, 2_500n);
    assert.equal(held.status, "PENDING");
  });

  it("refuses to be priced in two currencies", () => {
    const items = [...wanted.items, { productId: "cup", quantity: 1 }];
    const { order } = place({ ...wanted, items }, "AUTOMATIC", "u1", at);
    const cup = { ...mug, productId: "cup", currency: "EUR" };
    assert.throws(() => hold(order, [mug, cup]), { reason: "MIXED_CURRENCIES" });
  });

  it("is confirmed with its payment", () => {
    const { order, step } = confirm(hold(placed, [mug]), "p1", later);
    assert.equal(order.status, "CONFIRMED");
    assert.equal(order.paymentId, "p1");
    assert.equal(order.sequence, 2);
    assert.deepEqual(step, {
      status: "CONFIRMED",
      event: "OrderConfirmed",
      reason: "",
      actor: "checkout",
    });
  });

  it("says why it was rejected", () => {
    const { order, step } = reject(placed, rejection, later);
    assert.deepEqual(order.rejection, rejection);
    assert.equal(step.reason, "OUT_OF_STOCK");
  });

  it("cannot be cancelled twice", () => {
    const { order } = cancel(placed, "changed my mind", "u1", later);
    assert.throws(() => cancel(order, "again", "u1", later), { reason: "WRONG_ORDER_STATE" });
  });

  it("moves only as the table says, whatever is tried", () => {
    const tries: readonly ((order: Order) => Order)[] = [
      (order) => confirm(hold(order, [mug]), "p1", later).order,
      (order) => reject(order, rejection, later).order,
      (order) => cancel(order, "", "u1", later).order,
    ];
    fc.assert(
      fc.property(fc.array(fc.nat(tries.length - 1), { maxLength: 8 }), (steps) => {
        let order = placed;
        for (const step of steps) {
          const before = order.status;
          try {
            order = (tries[step] as (order: Order) => Order)(order);
          } catch {
            assert.ok(FINAL.has(before) || before === "CONFIRMED");
            continue;
          }
          assert.ok(TRANSITIONS.some(({ from, to }) => from === before && to === order.status));
        }
        assert.ok(order.sequence <= 3);
      }),
    );
  });
});

describe("an order's totals", () => {
  const line = fc.record({
    merchantId: fc.constantFrom("m1", "m2", "m3"),
    quantity: fc.integer({ min: 1, max: 99 }),
    unitPrice: fc.bigInt({ min: 0n, max: 9_999n }),
  });

  it("are the sum of their parts and of the merchants' shares", () => {
    fc.assert(
      fc.property(
        fc.array(line, { minLength: 1, maxLength: 10 }),
        fc.constantFrom("USD", "JPY", "KWD"),
        (lines, currency) => {
          const totals = totalsOf(currency, lines);
          const { subtotal, discounts, shipping, tax, total } = totals;
          assert.equal(total, subtotal + discounts + shipping + tax);
          const shares = [...sharesOf(totals, lines).values()];
          assert.equal(
            shares.reduce((sum, share) => sum + share, 0n),
            total,
          );
        },
      ),
    );
  });

  it("refuse what Stripe cannot charge", () => {
    const lines = [{ merchantId: "m1", quantity: 99, unitPrice: 99_999_999n }];
    assert.throws(() => totalsOf("USD", lines), { reason: "PAYMENT_DECLINED" });
  });
});
