import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { addSales, salesOf } from "./sales.ts";

const at = (time: string) => new Date(`2026-01-${time}Z`);
const mug = { productId: "mug", merchantId: "m1", name: "Mug", units: 2, subtotal: 2_000n };

describe("what products sold", () => {
  const shown = (sales: ReturnType<typeof addSales>) =>
    sales.map(({ grain, startTime, productId, name, units, orders, revenue }) =>
      [grain, startTime.toISOString().slice(8, 16), productId, name, units, orders, revenue].join(
        " ",
      ),
    );

  it("counts an order once for a product, however many lines it has", () => {
    const sales = salesOf([mug, mug, { ...mug, productId: "hat" }], "USD", at("01T10:00:30"));
    assert.deepEqual(shown(sales), [
      "minute 01T10:00 mug Mug 4 1 4000",
      "minute 01T10:00 hat Mug 2 1 2000",
    ]);
  });

  it("is added up by minute, hour and day, under the name that it had last", () => {
    const sales = [
      ...salesOf([{ ...mug, name: "Big mug" }], "USD", at("01T11:05:30")),
      ...salesOf([mug], "USD", at("01T11:05:10")),
      ...salesOf([mug], "USD", at("01T10:59:59.999")),
    ];
    const expected = [
      "day 01T00:00 mug Big mug 6 3 6000",
      "hour 01T10:00 mug Mug 2 1 2000",
      "hour 01T11:00 mug Big mug 4 2 4000",
      "minute 01T10:59 mug Mug 2 1 2000",
      "minute 01T11:05 mug Big mug 4 2 4000",
    ];
    assert.deepEqual(shown(addSales(sales)).sort(), expected);
    assert.deepEqual(shown(addSales(sales.toReversed())).sort(), expected);
  });

  it("is of each merchant, currency and product on their own", () => {
    const time = at("01T10:00:00");
    const sales = [
      ...salesOf([mug, { ...mug, merchantId: "m2" }], "USD", time),
      ...salesOf([mug, { ...mug, productId: "hat" }], "EUR", time),
    ];
    assert.equal(addSales(sales).length, 12);
  });
});
