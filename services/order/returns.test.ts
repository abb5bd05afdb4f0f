import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { confirm, type Order, place } from "./order.ts";
import { paidBack, takeBack } from "./returns.ts";
import { deliver, ship } from "./shipments.ts";

const at = new Date("2026-01-01T00:00:00Z");
const address = { street: "123 Main St", city: "SF", state: "CA", zip: "94105", country: "USA" };
const parcel = { carrier: "UPS", trackingNumber: "1Z" };

interface Bought {
  readonly productId: string;
  readonly merchantId: string;
  readonly quantity: number;
  readonly unitPrice: bigint;
}

const mug = { productId: "mug", merchantId: "m1", quantity: 3, unitPrice: 1_000n };
const cup = { productId: "cup", merchantId: "m2", quantity: 1, unitPrice: 500n };

function confirmed(bought: readonly Bought[], extra = { discounts: 0n, tax: 0n }): Order {
  const wanted = { id: "o1", userId: "u1", items: bought, address, paymentMethod: "pm" };
  const { order } = place({ ...wanted, items: bought }, "AUTOMATIC", "u1", at);
  const lines = bought.map((line) => ({ ...line, name: line.productId, returnedQuantity: 0 }));
  const subtotal = lines.reduce((sum, l) => sum + BigInt(l.quantity) * l.unitPrice, 0n);
  const shipping = 499n;
  const total = subtotal + shipping + extra.discounts + extra.tax;
  const totals = { currency: "USD", subtotal, shipping, total, ...extra };
  return confirm({ ...order, lines, totals }, "p1", at).order;
}

function delivered(...given: Parameters<typeof confirmed>): Order {
  const shipped = ship(confirmed(...given), "all", parcel, "s", at).order;
  return deliver(shipped, "all", "s", at).order;
}

const back = (order: Order, items: readonly { productId: string; quantity: number }[]) =>
  takeBack(order, { id: "r1", items, reason: "broken" }, "u1", at);

describe("a shipment", () => {
  it("is its merchant's; the order is SHIPPED when all are, and DELIVERED likewise", () => {
    const order = confirmed([mug, cup]);
    const first = ship(order, "m1", parcel, "m1", at);
    assert.equal(first.step.event, "OrderPartShipped");
    assert.equal(first.order.status, "CONFIRMED");
    const early = deliver(first.order, "m1", "m1", at);
    assert.equal(early.step.event, "OrderPartDelivered");
    assert.equal(early.order.status, "CONFIRMED");
    const second = ship(early.order, "m2", parcel, "m2", at);
    assert.deepEqual([second.step.event, second.order.status], ["OrderShipped", "SHIPPED"]);
    const last = deliver(second.order, "m2", "m2", at);
    assert.deepEqual([last.step.event, last.order.status], ["OrderDelivered", "DELIVERED"]);
    assert.equal(last.order.sequence, order.sequence + 4);
  });

  it("is sent once, arrives once, and only after it was sent", () => {
    const order = confirmed([mug, cup]);
    const { order: sent } = ship(order, "m1", parcel, "m1", at);
    assert.throws(() => ship(sent, "m1", parcel, "m1", at), { reason: "WRONG_ORDER_STATE" });
    assert.throws(() => deliver(sent, "m2", "m2", at), { reason: "WRONG_ORDER_STATE" });
    assert.throws(() => ship(order, "m3", parcel, "m3", at), { reason: "ORDER_NOT_FOUND" });
    const { order: there } = deliver(sent, "m1", "m1", at);
    assert.throws(() => deliver(there, "m1", "m1", at), { reason: "WRONG_ORDER_STATE" });
  });

  it("of support is all that is left", () => {
    const { order } = ship(confirmed([mug, cup]), "m1", parcel, "m1", at);
    const rest = ship(order, "all", parcel, "s", at);
    assert.equal(rest.order.status, "SHIPPED");
    assert.deepEqual(
      rest.order.shipments.map(({ merchantId }) => merchantId),
      ["m1", "m2"],
    );
  });
});

describe("a return", () => {
  it("refunds what its pieces cost, and the shipping with the last", () => {
    const order = delivered([mug, cup]);
    const first = back(order, [{ productId: "mug", quantity: 2 }]);
    assert.equal(first.goods.amount, 2_000n);
    assert.deepEqual([...first.goods.shares], [["m1", 2_000n]]);
    assert.deepEqual([first.step.event, first.order.status], ["OrderItemsReturned", "DELIVERED"]);
    const rest = [
      { productId: "mug", quantity: 1 },
      { productId: "cup", quantity: 1 },
    ];
    const last = back(first.order, rest);
    assert.equal(last.goods.amount, 1_000n + 500n + 499n);
    assert.deepEqual(
      [...last.goods.shares],
      [
        ["m1", 1_000n],
        ["m2", 500n],
        ["", 499n],
      ],
    );
    assert.deepEqual([last.step.event, last.order.status], ["OrderReturned", "RETURNED"]);
  });

  it("is refused before the delivery, for more than is left, and during a dispute", () => {
    const one = [{ productId: "mug", quantity: 1 }];
    assert.throws(() => back(confirmed([mug]), one), { reason: "WRONG_ORDER_STATE" });
    const order = delivered([mug]);
    const twice = [...one, { productId: "mug", quantity: 3 }];
    assert.throws(() => back(order, twice), { reason: "WRONG_ORDER_STATE" });
    const other = [{ productId: "cup", quantity: 1 }];
    assert.throws(() => back(order, other), { reason: "PRODUCT_NOT_FOUND" });
    const disputed = { ...order, openDisputes: ["d1"] };
    assert.throws(() => back(disputed, one), { reason: "WRONG_PAYMENT_STATE" });
  });

  const bought = fc.array(
    fc.record({
      merchantId: fc.constantFrom("m1", "m2"),
      quantity: fc.integer({ min: 1, max: 5 }),
      unitPrice: fc.bigInt({ min: 1n, max: 9_999n }),
    }),
    { minLength: 1, maxLength: 4 },
  );

  it("refunds no cent more or less than was paid, in whatever order the goods come back", () => {
    fc.assert(
      fc.property(
        bought,
        fc.bigInt({ min: 0n, max: 99n }),
        fc.infiniteStream(fc.nat()),
        (l, t, picks) => {
          const lines = l.map((line, index) => ({ ...line, productId: `p${index}` }));
          let order = delivered(lines, { discounts: -t / 2n, tax: t });
          let refunded = 0n;
          while (order.status === "DELIVERED") {
            const open = order.lines.filter((line) => line.returnedQuantity < line.quantity);
            const line = open[(picks.next().value ?? 0) % open.length];
            assert.ok(line);
            const { goods, order: now } = back(order, [{ productId: line.productId, quantity: 1 }]);
            assert.ok(goods.amount >= 0n);
            assert.equal(
              [...goods.shares.values()].reduce((sum, share) => sum + share, 0n),
              goods.amount,
            );
            refunded += goods.amount;
            assert.equal(refunded, paidBack(now));
            order = now;
          }
          assert.equal(order.status, "RETURNED");
          assert.equal(refunded, order.totals?.total);
        },
      ),
    );
  });
});
