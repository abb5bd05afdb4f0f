import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "mocha";
import { silent } from "#kit/log.ts";
import { until } from "#kit/testing-until.ts";
import { publishing } from "./publishing.ts";
import { AT_ONCE } from "./publishing-store.ts";
import { analyticsHouse, confirmed, type House, rejected } from "./testing.ts";
import { LATENESS_MS } from "./windows.ts";

describe("a window's end", () => {
  let house: House;
  let admin: Awaited<ReturnType<House["as"]>>;
  before(async () => {
    house = await analyticsHouse();
    admin = await house.as("boss", "ADMIN");
  });
  beforeEach(() => house.forget());
  after(() => house.stop());

  const minute = (n: number, ms = 0) => new Date(Date.UTC(2026, 0, 1, 10, n) + ms);
  const publisher = (wake: () => void, by: "service" | "flink" = "service") =>
    publishing({ db: house.db, log: silent, wake, by });
  const mugs = { merchantId: "m1", quantity: 2, subtotal: 2_000n };
  const shown = async () => {
    const { windows } = await admin.listWindows({ from: minute(0), to: minute(59) });
    return windows.map((one) => [one.startTime?.getUTCMinutes(), one.orders, one.final]);
  };

  it("comes when events are later than it by more than they may be late", async () => {
    await house.hear("orders", confirmed("ada", [mugs], minute(1, 30_000)));
    assert.equal(await house.close(), 0);
    await house.hear("orders", confirmed("ada", [mugs], minute(2, LATENESS_MS - 1)));
    assert.equal(await house.close(), 0);
    await house.hear("orders", confirmed("ada", [mugs], minute(2, LATENESS_MS)));
    assert.equal(await house.close(), 2, "the shop's and the merchant's");
    assert.deepEqual(await shown(), [
      [2, 2, false],
      [1, 1, true],
    ]);
    const told = (await house.published()).filter(({ window }) => window.final);
    assert.deepEqual(
      told.map(({ key, window }) => [key, window.version]),
      [
        ["2026-01-01T10:01:00.000Z/USD/", "2"],
        ["2026-01-01T10:01:00.000Z/USD/m1", "2"],
      ],
    );
    assert.equal(await house.close(), 0, "once");
  });

  it("waits for the slowest partition that has something to say", async () => {
    const fast = { ...confirmed("ada", [mugs], minute(5)), partition: 1 };
    const slow = { ...confirmed("ada", [mugs], minute(1)), partition: 2 };
    await house.hear("orders", fast, slow);
    assert.equal(await house.close(), 0);
    await house.db.query(
      "update progress set seen_at = now() - interval '1 minute' where partition = 2",
    );
    assert.equal(await house.close(), 2);
  });

  it("does not come earlier because a clock is ahead", async () => {
    const now = Date.now();
    const ahead = new Date(now + 3_600_000);
    await house.hear("orders", confirmed("ada", [mugs], new Date(now)), rejected(ahead));
    assert.equal(await house.close(), 0);
  });

  it("does not come earlier because one event is, where the others are behind", async () => {
    const ahead = new Date(Date.now() + 2 * 60_000);
    await house.hear("orders", confirmed("ada", [mugs], minute(1)), rejected(ahead));
    await house.hear("orders", rejected(ahead));
    assert.equal(await house.close(), 0);
    await house.hear("orders", rejected(minute(9)));
    assert.equal(await house.close(), 2, "those that are behind still say when");
  });

  it("comes with time where nothing has happened yet, or does any more", async () => {
    await house.hear("orders", confirmed("ada", [mugs], minute(1)));
    await house.db.query("update progress set seen_at = now() - interval '1 minute'");
    assert.equal(await house.close(), 2);
    await house.hear("orders", confirmed("ada", [mugs], minute(2)));
    await house.db.query("delete from progress");
    assert.equal(await house.close(), 2);
    const now = new Date();
    await house.hear("orders", confirmed("ada", [mugs], now));
    await house.db.query("delete from progress");
    assert.equal(await house.close(), 0, "the clock, too, waits for what is late");
  });

  it("is no end to what is late: it corrects its window with a higher version", async () => {
    await house.hear("orders", confirmed("ada", [mugs], minute(1)));
    await house.hear("orders", rejected(minute(9)));
    assert.equal(await house.close(), 2);
    const [before] = (await admin.listWindows({ from: minute(1), to: minute(2) })).windows;
    await house.hear("orders", confirmed("bob", [mugs], minute(1, 59_999)));
    const [late] = (await admin.listWindows({ from: minute(1), to: minute(2) })).windows;
    assert.equal(late?.orders, 2);
    assert.equal(late?.uniqueBuyers, 2);
    assert.equal(late?.final, true);
    assert.equal(late?.version, (before?.version ?? 0n) + 1n);
    await house.publish();
    const told = (await house.published()).filter(({ merchantId }) => merchantId === "m1");
    assert.deepEqual(
      told.map(({ window }) => [window.version, window.orders, window.final]),
      [
        ["2", 1, true],
        ["3", 2, true],
      ],
    );
  });

  it("is told in bites where there is much to tell, all within a turn", async () => {
    await house.db.query(
      `insert into windows (start_time, currency, merchant_id, orders, units, order_total,
                            unique_buyers, revenue, refunded, rejected, cancelled)
       select now() + n * interval '1 minute', 'USD', '', 1, 1, 1, 1, 1, 0, 0, 0
         from generate_series(1, $1) n`,
      [2 * AT_ONCE + 1],
    );
    const sizes: number[] = [];
    const worker = publisher(() => sizes.push(sizes.length));
    worker.start();
    await until(async () => (await house.published()).length === 2 * AT_ONCE + 1);
    await worker.stop();
    assert.equal(sizes.length, 3);
  });

  it("is looked for by itself, and the relay is told", async () => {
    await house.hear("orders", confirmed("ada", [mugs], minute(1)), rejected(minute(9)));
    let woken = 0;
    const worker = publisher(() => woken++);
    worker.start();
    await until(async () => woken > 0);
    await worker.stop();
    assert.deepEqual((await shown()).at(-1), [1, 1, true]);
  });

  it("comes where Flink publishes too, and this service then says nothing of it", async () => {
    await house.hear("orders", confirmed("ada", [mugs], minute(1)), rejected(minute(9)));
    const worker = publisher(() => {}, "flink");
    worker.start();
    await until(async () => (await shown()).at(-1)?.at(-1) === true);
    await worker.stop();
    assert.deepEqual(await house.published(), []);
  });
});
