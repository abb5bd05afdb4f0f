import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { openLanes } from "./webhook-lanes.ts";
import { endOf, verdictOn } from "./webhook-retrying.ts";

const now = new Date("2026-01-01T00:00:00Z");
const SECOND_MS = 1_000;
const HOUR_MS = 3_600_000;

describe("a webhook that fails", () => {
  const waits = (random: number) =>
    [0, 1, 2, 3].map((tries) => {
      const { status, nextTime } = verdictOn({ status: 500 }, tries, now, random);
      assert.equal(status, "PENDING");
      return ((nextTime?.getTime() ?? 0) - now.getTime()) / SECOND_MS;
    });

  it("is tried five times over six hours, more and more slowly", () => {
    assert.deepEqual(waits(0.5), [5, 300, 3_600, 18_000]);
    const over = { status: "FAILED", nextTime: undefined };
    assert.deepEqual(verdictOn({ status: 500 }, 4, now, 0.5), over);
  });

  it("is not tried at the same moment as others", () => {
    assert.deepEqual(waits(0), [4.5, 270, 3_240, 16_200]);
    assert.deepEqual(waits(1), [5.5, 330, 3_960, 19_800]);
  });

  for (const outcome of [
    ...[100, 199, 301, 302, 307, 304, 400, 404, 409, 429, 503].map((status) => ({ status })),
    { error: "TIMED_OUT" as const },
  ]) {
    it(`is one with ${JSON.stringify(outcome)}`, () => {
      assert.equal(verdictOn(outcome, 0, now, 0.5).status, "PENDING");
    });
  }

  for (const status of [200, 201, 202, 204, 299]) {
    it(`is none with ${status}`, () => {
      assert.equal(verdictOn({ status }, 4, now, 0.5).status, "SUCCEEDED");
    });
  }

  it("switches its endpoint off after five days, or at once where that is gone", () => {
    const since = (hours: number) => new Date(now.getTime() - hours * HOUR_MS);
    assert.equal(endOf({ status: 500 }, since(119.9), now), undefined);
    assert.equal(endOf({ error: "TIMED_OUT" }, since(120), now), "FAILING");
    assert.equal(endOf({ status: 410 }, now, now), "GONE");
    assert.equal(verdictOn({ status: 410 }, 0, now, 0.5).status, "FAILED");
  });
});

describe("the lanes to an endpoint", () => {
  it("are as many as may be, whatever goes wrong on them", async () => {
    const lanes = openLanes(2);
    const ends: (() => void)[] = [];
    const long = () => new Promise<void>((resolve) => ends.push(resolve));
    const running = [lanes.within("a", long), lanes.within("a", long)];
    assert.deepEqual(lanes.full(), ["a"]);
    assert.equal(await lanes.within("a", long), false);
    assert.equal(await lanes.within("b", async () => {}), true);
    for (const end of ends) {
      end();
    }
    assert.deepEqual(await Promise.all(running), [true, true]);
    assert.deepEqual(lanes.full(), []);
    const broken = async () => assert.fail("broken");
    await assert.rejects(lanes.within("a", broken), /broken/);
    await assert.rejects(lanes.within("a", broken), /broken/);
    assert.equal(await lanes.within("a", async () => {}), true);
  });
});
