import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "mocha";
import { analyticsHouse, confirmed, type House } from "./testing.ts";

describe("buyers by the month of their first order", () => {
  let house: House;
  let admin: Awaited<ReturnType<House["as"]>>;
  before(async () => {
    house = await analyticsHouse();
    admin = await house.as("boss", "ADMIN");
  });
  beforeEach(() => house.forget());
  after(() => house.stop());

  const at = (time: string) => new Date(`2026-${time}T12:00:00Z`);
  const mugs = { merchantId: "m1", quantity: 2, subtotal: 2_000n };
  const hats = { merchantId: "m2", quantity: 1, subtotal: 1_501n };
  const year = { from: new Date("2026-01-01T00:00:00Z"), to: new Date("2027-01-01T00:00:00Z") };

  const shown = async (asked: object, who = admin) =>
    (await who.listCohorts(asked)).cohorts.map(({ startTime, buyers, months }) => [
      `${startTime?.toISOString().slice(0, 7)}: ${buyers}`,
      ...months.map(({ startTime: month, buyers: some, spent }) =>
        [
          `${month?.toISOString().slice(5, 7)}: ${some}`,
          ...spent.map(({ amount, currencyCode }) => `${amount} ${currencyCode}`),
        ].join(" "),
      ),
    ]);

  it("are shown with who of them bought again and what they spent", async () => {
    await house.hear(
      "orders",
      confirmed("ada", [mugs], at("01-31")),
      confirmed("bob", [mugs, hats], at("01-01")),
      confirmed("ada", [hats], at("03-15")),
      confirmed("cid", [mugs], at("03-15")),
    );
    assert.deepEqual(await shown(year), [
      ["2026-01: 2", "01: 2 6499 USD", "03: 1 2000 USD"],
      ["2026-03: 1", "03: 1 2499 USD"],
    ]);
    const merchant = await house.as("m2", "MERCHANT");
    assert.deepEqual(await shown(year, merchant), [
      ["2026-01: 1", "01: 1 1501 USD"],
      ["2026-03: 1", "03: 1 1501 USD"],
    ]);
  });

  it("move when an order comes to light that was earlier", async () => {
    await house.hear("orders", confirmed("ada", [mugs], at("03-01")));
    await house.hear("orders", confirmed("ada", [mugs], at("02-01")));
    assert.deepEqual(await shown(year), [["2026-02: 1", "02: 1 2499 USD", "03: 1 2499 USD"]]);
  });

  it("are those of the months that are asked for, up to the last of these", async () => {
    const months = ["01-01", "02-01", "03-01", "04-01"];
    await house.hear(
      "orders",
      ...months.flatMap((month) => [
        confirmed("ada", [mugs], at(month)),
        confirmed(month, [mugs], at(month)),
      ]),
    );
    const asked = { from: at("01-01"), to: at("03-15") };
    assert.deepEqual(await shown(asked), [
      ["2026-02: 1", "02: 1 2499 USD"],
      ["2026-03: 1", "03: 1 2499 USD"],
    ]);
    const all = { from: year.from, to: at("02-15") };
    assert.deepEqual((await shown(all))[0], ["2026-01: 2", "01: 2 4998 USD", "02: 1 2499 USD"]);
    const long = { from: new Date("2024-12-01T00:00:00Z"), to: year.to };
    const refused = { reason: "INVALID_FIELD", message: /^from: / };
    await assert.rejects(admin.listCohorts(long), refused);
  });
});
