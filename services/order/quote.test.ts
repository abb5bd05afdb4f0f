import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "mocha";
import { hold } from "./holding.ts";
import { place } from "./order.ts";
import { quote } from "./quote.ts";
import { aLostAnswer, anOrder, orderHouse } from "./testing.ts";

describe("a quote", () => {
  const at = new Date(0);
  const address = anOrder.shippingAddress;
  const offers = [
    ["mug", "USD", 1_250n],
    ["cup", "USD", 333n],
    ["sake", "JPY", 1_000n],
    ["tea", "JPY", 7n],
    ["oud", "KWD", 12_345n],
  ].map(([productId, currency, unitPrice], n) => ({
    productId: productId as string,
    currency: currency as string,
    unitPrice: unitPrice as bigint,
    merchantId: `m${n}`,
    name: `The ${productId}`,
    available: n,
  }));

  for (const ids of [["mug"], ["mug", "cup", "mug"], ["sake", "tea"], ["oud"]]) {
    it(`of ${ids.join(", ")} has an order's lines and totals`, () => {
      const items = ids.map((productId, n) => ({ productId, quantity: 3 * n + 1 }));
      const wanted = { id: "o1", userId: "u1", items, address, paymentMethod: "pm" };
      const { order } = place(wanted, "AUTOMATIC", "u1", at);
      const held = offers.filter(({ productId }) => ids.includes(productId));
      const { lines, totals } = hold(order, held);
      const quoted = quote(items, offers);
      assert.deepEqual([quoted.lines, quoted.totals], [lines, totals]);
    });
  }

  it("refuses what is not on offer, several currencies, and more than can be charged", () => {
    const of = (...ids: string[]) => ids.map((productId) => ({ productId, quantity: 99 }));
    assert.throws(() => quote(of("mug", "hat"), offers), {
      reason: "PRODUCT_NOT_FOUND",
      metadata: { productId: "hat" },
    });
    assert.throws(() => quote(of("mug", "tea"), offers), { reason: "MIXED_CURRENCIES" });
    const many = Array.from({ length: 100 }, () => of("oud")).flat();
    assert.throws(() => quote(many, offers), { reason: "PAYMENT_DECLINED" });
  });
});

describe("QuoteOrder", () => {
  type House = Awaited<ReturnType<typeof orderHouse>>;
  let house: House;
  let buyer: Awaited<ReturnType<House["as"]>>;
  before(async () => {
    house = await orderHouse();
    buyer = await house.as("buyer");
  });
  after(() => house.stop());
  afterEach(() => {
    house.others.before = () => {};
    house.others.calls.length = 0;
    house.others.stock = 5;
  });

  const items = [
    { productId: "mug", quantity: 9 },
    { productId: "pot", quantity: 1 },
  ];

  it("tells what the order then costs, and holds nothing", async () => {
    const { quote: quoted } = await buyer.quoteOrder({ items });
    assert.deepEqual(house.others.calls, ["prices mug,pot"]);
    assert.deepEqual(
      quoted?.items.map(({ available }) => available),
      [5, 5],
    );
    const { order } = await buyer.createOrder({ ...anOrder, items });
    const { subtotal, discounts, shipping, tax, total } = order ?? {};
    const { items: lines = [], ...totals } = quoted ?? {};
    assert.deepEqual(totals, { subtotal, discounts, shipping, tax, total });
    assert.deepEqual(
      lines.map(({ available: _, ...line }) => ({ ...line, returnedQuantity: 0 })),
      order?.items,
    );
  });

  it("refuses a product that is not there, an empty list, and answers no guess", async () => {
    for (const productId of ["nothing", "old-mug"]) {
      const unknown = buyer.quoteOrder({ items: [{ productId, quantity: 1 }] });
      await assert.rejects(unknown, { reason: "PRODUCT_NOT_FOUND" });
    }
    await assert.rejects(buyer.quoteOrder({}), { reason: "INVALID_FIELD" });
    house.others.before = () => {
      throw aLostAnswer();
    };
    await assert.rejects(buyer.quoteOrder({ items }), { reason: "DEPENDENCY_DOWN" });
  });

  it("is told again as it was when its key comes again", async () => {
    const key = { idempotencyKey: "q1" };
    const first = await buyer.quoteOrder({ items }, key);
    house.others.stock = 1;
    assert.deepEqual(await buyer.quoteOrder({ items }, key), first);
    assert.notDeepEqual(await buyer.quoteOrder({ items }), first);
    const other = buyer.quoteOrder({ items: items.slice(1) }, key);
    await assert.rejects(other, { reason: "IDEMPOTENCY_KEY_REUSED" });
  });
});
