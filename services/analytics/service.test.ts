import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "mocha";
import { uuidv7 } from "#kit/uuid.ts";
import {
  analyticsHouse,
  cancelled,
  confirmed,
  type House,
  numbersOf,
  paid,
  paidBack,
  rejected,
} from "./testing.ts";

describe("analytics service", () => {
  let house: House;
  let admin: Awaited<ReturnType<House["as"]>>;
  before(async () => {
    house = await analyticsHouse();
    admin = await house.as("boss", "ADMIN");
  });
  beforeEach(() => house.forget());
  after(() => house.stop());

  const minute = (n: number, second = 0) => new Date(Date.UTC(2026, 0, 1, 10, n, second));
  const all = { from: minute(0), to: minute(59) };
  const mugs = { merchantId: "m1", quantity: 2, subtotal: 2_000n };
  const hats = { merchantId: "m2", quantity: 1, subtotal: 1_501n };
  const nothing = {
    orders: 0,
    units: 0n,
    uniqueBuyers: 0,
    rejected: 0,
    cancelled: 0,
    revenue: 0n,
    refunded: 0n,
    average: 0n,
  };

  it("counts orders by order events and money by payment events, in their minute", async () => {
    await house.hear(
      "orders",
      confirmed("ada", [mugs, hats], minute(1, 5)),
      confirmed("bob", [mugs], minute(1, 59)),
      rejected(minute(1, 20), mugs),
      cancelled(minute(2), mugs),
    );
    await house.hear(
      "payments",
      paid(minute(1, 6), { m1: 2_000n, m2: 1_501n, "": 499n }),
      paidBack(minute(2, 1), { m1: 500n }),
    );
    const { windows } = await admin.listWindows(all);
    assert.deepEqual(
      windows.map(({ startTime, endTime }) => [startTime, endTime]),
      [
        [minute(2), minute(3)],
        [minute(1), minute(2)],
      ],
    );
    assert.deepEqual(numbersOf(windows[0]), { ...nothing, cancelled: 1, refunded: 500n });
    assert.deepEqual(numbersOf(windows[1]), {
      orders: 2,
      units: 5n,
      uniqueBuyers: 2,
      rejected: 1,
      cancelled: 0,
      revenue: 4_000n,
      refunded: 0n,
      average: 3_249n,
    });
  });

  it("shows a merchant what came from its own products, and nothing else", async () => {
    await house.hear("orders", confirmed("ada", [mugs, hats], minute(1)));
    await house.hear("payments", paid(minute(1), { m1: 2_000n, m2: 1_501n, "": 499n }));
    const merchant = await house.as("m1", "MERCHANT");
    const { windows } = await merchant.listWindows(all);
    assert.equal(windows.length, 1);
    assert.deepEqual(numbersOf(windows[0]), {
      ...nothing,
      orders: 1,
      units: 2n,
      uniqueBuyers: 1,
      revenue: 2_000n,
      average: 2_000n,
    });
    const other = await house.as("m3", "MERCHANT");
    assert.deepEqual((await other.listWindows(all)).windows, []);
    const buyer = await house.as("ada", "CUSTOMER");
    await assert.rejects(buyer.listWindows(all), { reason: "ROLE_REQUIRED" });
  });

  it("counts an item without a merchant once", async () => {
    const own = { merchantId: "", quantity: 3, subtotal: 900n };
    await house.hear("orders", confirmed("ada", [own], minute(1)));
    const { windows } = await admin.listWindows(all);
    const expected = { ...nothing, orders: 1, units: 3n, uniqueBuyers: 1, average: 1_399n };
    assert.deepEqual(numbersOf(windows[0]), expected);
  });

  it("counts a buyer once in a window, over all batches, and again in the next", async () => {
    await house.hear("orders", confirmed("ada", [mugs], minute(1)));
    await house.hear(
      "orders",
      confirmed("ada", [mugs], minute(1, 30)),
      confirmed("bob", [mugs], minute(1, 40)),
      confirmed("ada", [mugs], minute(2)),
    );
    const { windows } = await admin.listWindows(all);
    assert.deepEqual(
      windows.map(({ orders, uniqueBuyers }) => [orders, uniqueBuyers]),
      [
        [1, 1],
        [3, 2],
      ],
    );
  });

  it("counts an event once, however often it is heard", async () => {
    const order = { ...confirmed("ada", [mugs], minute(1)), id: uuidv7() };
    await house.hear("orders", order, order);
    await house.hear("orders", order);
    const { windows } = await admin.listWindows(all);
    assert.equal(windows[0]?.orders, 1);
    assert.equal(windows[0]?.version, 1n);
  });

  it("counts an order that was rejected before it had a price under no currency", async () => {
    await house.hear("orders", rejected(minute(1)), rejected(minute(1), mugs));
    const { windows } = await admin.listWindows(all);
    assert.deepEqual(
      windows.map(({ currencyCode, rejected }) => [currencyCode, rejected]),
      [
        ["XXX", 1],
        ["USD", 1],
      ],
    );
    const dollars = await admin.listWindows({ ...all, currency: "USD" });
    assert.deepEqual(dollars.windows, windows.slice(1));
  });

  it("publishes each change, with versions that count up", async () => {
    await house.hear("orders", confirmed("ada", [mugs], minute(1)));
    await house.publish();
    await house.hear("payments", paid(minute(1), { m1: 2_000n, "": 499n }));
    await house.publish();
    await house.publish();
    const told = await house.published();
    assert.deepEqual(
      told.map(({ key, merchantId, window }) => [
        key,
        merchantId,
        window.version,
        window.orders,
        window.revenue.amount,
      ]),
      ["", "m1", "", "m1"].map((merchantId, n) => {
        const key = `2026-01-01T10:01:00.000Z/USD/${merchantId}`;
        const revenue = n < 2 ? "0" : merchantId ? "2000" : "2499";
        return [key, merchantId, n < 2 ? "1" : "2", 1, revenue];
      }),
    );
  });

  it("lists page by page, and refuses tokens that are not its own", async () => {
    const minutes = [1, 2, 3, 4, 5];
    await house.hear("orders", ...minutes.map((n) => confirmed("ada", [mugs], minute(n))));
    await house.hear("orders", rejected(minute(3)));
    const seen: string[] = [];
    let pageToken = "";
    for (let page = 0; page < 3; page++) {
      const answer = await admin.listWindows({ ...all, pageSize: 2, pageToken });
      seen.push(
        ...answer.windows.map((one) => `${one.startTime?.getUTCMinutes()} ${one.currencyCode}`),
      );
      pageToken = answer.nextPageToken ?? "";
    }
    assert.equal(pageToken, "");
    assert.deepEqual(seen, ["5 USD", "4 USD", "3 XXX", "3 USD", "2 USD", "1 USD"]);
    const { nextPageToken = "" } = await admin.listWindows({ ...all, pageSize: 2 });
    const refused = { reason: "INVALID_PAGE_TOKEN" };
    const forged = { ...all, pageToken: `${nextPageToken}x` };
    await assert.rejects(admin.listWindows(forged), refused);
    const filtered = { ...all, currency: "USD", pageToken: nextPageToken };
    await assert.rejects(admin.listWindows(filtered), refused);
    const merchant = await house.as("m1", "MERCHANT");
    await assert.rejects(merchant.listWindows({ ...all, pageToken: nextPageToken }), refused);
  });

  it("shows the last hour where no time is asked for", async () => {
    const now = Date.now();
    const old = new Date(now - 2 * 3_600_000);
    const recent = new Date(now - 60_000);
    await house.hear("orders", confirmed("ada", [mugs], old), confirmed("ada", [mugs], recent));
    const { windows } = await admin.listWindows({});
    assert.equal(windows.length, 1);
    assert.ok(windows[0]?.startTime && windows[0].startTime > old);
  });
});
