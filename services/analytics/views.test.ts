import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "mocha";
import {
  analyticsHouse,
  cancelled,
  confirmed,
  type House,
  paid,
  paidBack,
  rejected,
} from "./testing.ts";
import { lifeOf } from "./testing-orders.ts";

describe("what was counted", () => {
  let house: House;
  let admin: Awaited<ReturnType<House["as"]>>;
  let merchant: Awaited<ReturnType<House["as"]>>;
  before(async () => {
    house = await analyticsHouse();
    admin = await house.as("boss", "ADMIN");
    merchant = await house.as("m1", "MERCHANT");
  });
  beforeEach(() => house.forget());
  after(() => house.stop());

  const at = (time: string) => new Date(`2026-${time}Z`);
  const mugs = { productId: "mug", name: "Mug", merchantId: "m1", quantity: 2, subtotal: 2_000n };
  const hats = { productId: "hat", name: "Hat", merchantId: "m2", quantity: 1, subtotal: 1_501n };
  const year = { from: at("01-01T00:00:00"), to: at("12-31T00:00:00") };

  describe("as a summary", () => {
    it("is all windows of the time together, and a buyer counts once", async () => {
      await house.hear(
        "orders",
        confirmed("ada", [mugs, hats], at("01-01T23:59:59")),
        confirmed("ada", [mugs], at("01-02T12:00:00")),
        confirmed("bob", [mugs], at("03-01T00:30:00")),
        rejected(at("02-01T00:00:00"), mugs),
        cancelled(at("02-01T01:00:00"), mugs),
      );
      await house.hear(
        "payments",
        paid(at("01-02T00:00:01"), { m1: 2_000n, m2: 1_501n, "": 499n }),
        paidBack(at("02-03T10:00:00"), { m1: 500n }),
      );
      const [summary, ...others] = (await admin.getSummary(year)).summaries;
      const usd = (amount: bigint) => ({ currencyCode: "USD", amount });
      assert.deepEqual(others, []);
      assert.deepEqual(summary, {
        currencyCode: "USD",
        orders: 3n,
        units: 7n,
        uniqueBuyers: 2n,
        revenue: usd(4_000n),
        refunded: usd(500n),
        net: usd(3_500n),
        averageOrderValue: usd(2_999n),
        rejected: 1n,
        cancelled: 1n,
      });
      const [own] = (await merchant.getSummary(year)).summaries;
      assert.deepEqual([own?.orders, own?.units, own?.uniqueBuyers], [3n, 6n, 2n]);
      assert.deepEqual([own?.revenue, own?.net], [usd(2_000n), usd(1_500n)]);
    });

    it("begins with its first minute and ends before its last", async () => {
      const minutes = ["10:00:59", "10:01:00", "10:01:59", "10:02:00"];
      const events = minutes.map((time) => confirmed("ada", [mugs], at(`01-01T${time}`)));
      await house.hear("orders", ...events);
      const ordersFrom = async (from: string, to: string) =>
        (await admin.getSummary({ from: at(`01-01T${from}`), to: at(`01-01T${to}`) })).summaries[0]
          ?.orders;
      assert.equal(await ordersFrom("10:01:00", "10:02:00"), 2n);
      assert.equal(await ordersFrom("10:00:30", "10:02:00"), 2n);
      assert.equal(await ordersFrom("10:01:00", "10:02:01"), 3n);
      assert.equal(await ordersFrom("10:00:00", "11:00:00"), 4n);
      assert.equal(await ordersFrom("10:03:00", "11:00:00"), undefined);
    });

    it("is the last 24 hours' where no time is asked for", async () => {
      const ago = (hours: number) => new Date(Date.now() - hours * 3_600_000);
      const events = [25, 23, 1].map((hours) => confirmed("ada", [mugs], ago(hours)));
      await house.hear("orders", ...events);
      assert.equal((await admin.getSummary({})).summaries[0]?.orders, 2n);
    });
  });

  describe("as products", () => {
    const namesOf = ({ products }: { readonly products: readonly { readonly name: string }[] }) =>
      products.map(({ name }) => name);

    it("are those that sold most pieces, then those that brought in most", async () => {
      const order = (orderId: string, ...items: readonly (typeof mugs)[]) =>
        lifeOf({ orderId, userId: "ada", items }).confirmed(at("01-01T10:00:30"));
      const cap = { ...hats, productId: "cap", name: "Cap", quantity: 2, subtotal: 1_999n };
      const told = [order("o1", mugs, hats), order("o2", hats, hats), order("o3", cap)];
      await house.hear("orders", ...told);
      const { products } = await admin.listTopProducts(year);
      const usd = (amount: bigint) => ({ currencyCode: "USD", amount });
      assert.deepEqual(products, [
        { productId: "hat", name: "Hat", units: 3n, orders: 2n, revenue: usd(4_503n) },
        { productId: "mug", name: "Mug", units: 2n, orders: 1n, revenue: usd(2_000n) },
        { productId: "cap", name: "Cap", units: 2n, orders: 1n, revenue: usd(1_999n) },
      ]);
      assert.deepEqual(namesOf(await admin.listTopProducts({ ...year, pageSize: 1 })), ["Hat"]);
      assert.deepEqual(namesOf(await merchant.listTopProducts(year)), ["Mug"]);
      assert.deepEqual(namesOf(await admin.listTopProducts({ ...year, currency: "EUR" })), []);
    });

    it("have the name under which they were last bought in that time", async () => {
      const named = (name: string, time: string) =>
        lifeOf({ orderId: name, userId: "ada", items: [{ ...mugs, name }] }).confirmed(at(time));
      await house.hear("orders", named("New mug", "03-01T10:00:00"));
      await house.hear("orders", named("Mug", "01-01T10:00:00"));
      assert.deepEqual(namesOf(await admin.listTopProducts(year)), ["New mug"]);
      const early = { ...year, to: at("02-01T00:00:00") };
      assert.deepEqual(namesOf(await admin.listTopProducts(early)), ["Mug"]);
    });
  });

  describe("as a funnel", () => {
    const none = {
      confirmed: 0n,
      paid: 0n,
      shipped: 0n,
      delivered: 0n,
      cancelled: 0n,
      returned: 0n,
    };

    it("follows the orders of a time to wherever and whenever they get", async () => {
      const [one, two] = ["o1", "o2"].map((orderId) =>
        lifeOf({ orderId, userId: "ada", items: [mugs, hats] }),
      ) as [ReturnType<typeof lifeOf>, ReturnType<typeof lifeOf>];
      const late = lifeOf({ orderId: "o3", userId: "ada", items: [mugs] });
      const later = at("03-01T10:00:00");
      await house.hear("payments", one.paid(later));
      await house.hear("orders", one.shipped(later, ["m1"]), one.confirmed(later));
      await house.hear(
        "orders",
        one.placed(at("01-01T10:00:00")),
        two.placed(at("01-01T10:59:59")),
      );
      await house.hear("orders", late.placed(at("01-01T11:00:00")), two.cancelled(later));
      const hour = { from: at("01-01T10:00:00"), to: at("01-01T11:00:00") };
      const seen = { ...none, placed: 2n, confirmed: 1n, paid: 1n, cancelled: 1n };
      assert.deepEqual((await admin.getFunnel(hour)).funnel, seen);
      assert.deepEqual((await merchant.getFunnel(hour)).funnel, { ...seen, shipped: 1n });
      const other = await house.as("m2", "MERCHANT");
      assert.deepEqual((await other.getFunnel(hour)).funnel, seen);
      await house.hear("orders", one.shipped(later), one.delivered(later, ["m2"]));
      await house.hear("orders", one.returned(later, ["m1"]), one.confirmed(later));
      await house.hear("payments", one.paid(later));
      assert.deepEqual((await admin.getFunnel(hour)).funnel, { ...seen, shipped: 1n });
      const returned = { ...seen, shipped: 1n, returned: 1n };
      assert.deepEqual((await merchant.getFunnel(hour)).funnel, returned);
      const delivered = { ...seen, shipped: 1n, delivered: 1n };
      assert.deepEqual((await other.getFunnel(hour)).funnel, delivered);
      assert.deepEqual((await admin.getFunnel(year)).funnel?.placed, 3n);
    });

    it("is empty where nothing was placed", async () => {
      assert.deepEqual((await admin.getFunnel(year)).funnel, { ...none, placed: 0n });
    });
  });

  it("refuses a time that is too long or ends before it begins, and names the field", async () => {
    const long = { from: at("01-01T00:00:00"), to: new Date("2027-01-03T00:00:00Z") };
    const turned = { from: year.to, to: year.from };
    for (const asked of [long, turned]) {
      const refused = { reason: "INVALID_FIELD", message: /^from: / };
      await assert.rejects(admin.getSummary(asked), refused);
      await assert.rejects(admin.listTopProducts(asked), refused);
      await assert.rejects(admin.getFunnel(asked), refused);
    }
    await assert.rejects(admin.listTopProducts({ pageSize: 101 }), { reason: "INVALID_FIELD" });
    await assert.rejects(admin.listTopProducts({ currency: "usd" }), { reason: "INVALID_FIELD" });
  });

  it("is not shown to buyers", async () => {
    const buyer = await house.as("ada", "CUSTOMER");
    const refused = { reason: "ROLE_REQUIRED" };
    await assert.rejects(buyer.getSummary({}), refused);
    await assert.rejects(buyer.listTopProducts({}), refused);
    await assert.rejects(buyer.getFunnel({}), refused);
    await assert.rejects(buyer.listCohorts({}), refused);
  });
});
