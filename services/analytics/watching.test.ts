import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import type { WatchWindowsResponse } from "#gen/tradepost/analytics/v1/analytics.ts";
import { analyticsHouse, confirmed, type House } from "./testing.ts";
import { lifeOf } from "./testing-orders.ts";

const TIMEOUT_MS = 15_000;

describe("windows", () => {
  let house: House;
  before(async () => {
    house = await analyticsHouse();
  });
  after(() => house.stop());

  const minute = (n: number) => new Date(Date.UTC(2026, 0, 1, 10, n));
  const past = "2026-01-01T00:00:00.000Z";
  const mugs = (merchantId: string) => ({ merchantId, quantity: 1, subtotal: 1_000n });

  /** What a stream says, one by one; ended by `end`. */
  function listen(client: Awaited<ReturnType<House["as"]>>, cursor: string, currency?: string) {
    const ending = new AbortController();
    const options = { timeoutMs: TIMEOUT_MS, signal: ending.signal };
    const stream = client.watchWindows({ cursor, currency }, options)[Symbol.asyncIterator]();
    return {
      async next() {
        const { window, cursor: place } = (await stream.next()).value as WatchWindowsResponse;
        const { startTime, currencyCode, orders, version } = window ?? {};
        const shown = `${startTime?.getUTCMinutes()} ${currencyCode} ${orders} v${version}`;
        return { shown, cursor: place, final: window?.final };
      },
      end: () => ending.abort(),
    };
  }

  it("are told as they are when they change, to who sees them, on from a cursor", async () => {
    const [admin, merchant] = [await house.as("boss", "ADMIN"), await house.as("m1", "MERCHANT")];
    await house.hear("orders", confirmed("ada", [mugs("m1")], minute(1)));
    const [all, own] = [listen(admin, past), listen(merchant, past)];
    assert.equal((await all.next()).shown, "1 USD 1 v1");
    assert.equal((await own.next()).shown, "1 USD 1 v1");
    await house.hear("orders", confirmed("bob", [mugs("m2")], minute(1)));
    const second = await all.next();
    assert.equal(second.shown, "1 USD 2 v2");
    await house.hear("orders", confirmed("cid", [mugs("m1")], minute(1)));
    assert.equal((await all.next()).shown, "1 USD 3 v3");
    assert.equal((await own.next()).shown, "1 USD 2 v2", "nothing of m2's order");
    all.end();
    own.end();
    await house.hear("orders", confirmed("ada", [mugs("m1")], minute(9)));
    const resumed = listen(admin, second.cursor);
    const seen = new Set<string>();
    while (!seen.has("9 USD 1 v1")) {
      seen.add((await resumed.next()).shown);
    }
    assert.deepEqual([...seen], ["1 USD 3 v3", "9 USD 1 v1"]);
    resumed.end();
  });

  it("are told again when they become final", async () => {
    await house.forget();
    const admin = await house.as("boss", "ADMIN");
    const stream = listen(admin, past);
    await house.hear("orders", confirmed("ada", [mugs("m1")], minute(1)));
    assert.equal((await stream.next()).final, false);
    await house.hear(
      "orders",
      lifeOf({ orderId: "o1", userId: "ada", items: [] }).placed(minute(9)),
    );
    await house.close();
    const closed = await stream.next();
    assert.deepEqual([closed.shown, closed.final], ["1 USD 1 v2", true]);
    stream.end();
  });

  it("are told in one currency where one is asked for", async () => {
    await house.forget();
    const admin = await house.as("boss", "ADMIN");
    const stream = listen(admin, past, "EUR");
    const items = [{ productId: "mug", ...mugs("m1") }];
    const of = (orderId: string, currency: string) =>
      lifeOf({ orderId, userId: "ada", items, currency }).confirmed(minute(1));
    await house.hear("orders", of("o1", "USD"), of("o2", "EUR"));
    assert.equal((await stream.next()).shown, "1 EUR 1 v1");
    stream.end();
  });

  it("are nobody's to watch who may not list them", async () => {
    const buyer = await house.as("ada", "CUSTOMER");
    const stream = buyer.watchWindows({})[Symbol.asyncIterator]();
    await assert.rejects(stream.next(), { reason: "ROLE_REQUIRED" });
  });
});
