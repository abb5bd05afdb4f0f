import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { batched } from "./batch.ts";
import { Fault } from "./errors.ts";

/** A flush that a test lets go by hand. */
function heldFlush() {
  const batches: number[][] = [];
  const releases: (() => void)[] = [];
  const flush = async (items: number[]) => {
    batches.push(items);
    await new Promise<void>((resolve) => releases.push(resolve));
    return items.map((item) => item * 10);
  };
  const release = async () => {
    releases.shift()?.();
    await new Promise(setImmediate);
  };
  return { batches, flush, release };
}

describe("batched", () => {
  it("flushes at once what arrives in one turn, and then all that waited", async () => {
    const { batches, flush, release } = heldFlush();
    const times10 = batched(flush, { gapMs: 0 });
    const first = Promise.all([times10(1), times10(2)]);
    await new Promise(setImmediate);
    const second = Promise.all([times10(3), times10(4), times10(5)]);
    await new Promise(setImmediate);
    assert.deepEqual(batches, [[1, 2]]);
    await release();
    await release();
    assert.deepEqual(await first, [10, 20]);
    assert.deepEqual(await second, [30, 40, 50]);
    assert.deepEqual(batches, [
      [1, 2],
      [3, 4, 5],
    ]);
  });

  it("takes no more than max at once", async () => {
    const sizes: number[] = [];
    const same = batched(
      async (items: number[]) => {
        sizes.push(items.length);
        return items;
      },
      { max: 2 },
    );
    assert.deepEqual(await Promise.all([1, 2, 3, 4, 5].map(same)), [1, 2, 3, 4, 5]);
    assert.deepEqual(sizes, [2, 2, 1]);
  });

  it("gives each item its own answer or error", async () => {
    const odd = batched(async (items: number[]) =>
      items.map((item) => (item % 2 ? item : new Error(`${item} is even`))),
    );
    const results = await Promise.allSettled([odd(1), odd(2), odd(3)]);
    assert.deepEqual(
      results.map((result) =>
        result.status === "fulfilled" ? result.value : result.reason.message,
      ),
      [1, "2 is even", 3],
    );
  });

  it("throws at all of a batch what the flush throws, and goes on", async () => {
    let down = true;
    const same = batched(async (items: number[]) => {
      if (down) {
        throw new Error("down");
      }
      return items;
    });
    const results = await Promise.allSettled([same(1), same(2)]);
    assert.deepEqual(
      results.map(({ status }) => status),
      ["rejected", "rejected"],
    );
    down = false;
    assert.equal(await same(3), 3);
  });

  it("rejects a flush that loses count", async () => {
    const wrong = batched(async () => [1]);
    await assert.rejects(Promise.all([wrong("a"), wrong("b")]), /2 items answered 1/);
  });

  it("turns callers away beyond its bound", async () => {
    const { flush, release } = heldFlush();
    const times10 = batched(flush, { max: 100_000 });
    const first = times10(0);
    await new Promise(setImmediate);
    const waiting = Array.from({ length: 10_000 }, (_, item) => times10(item));
    await assert.rejects(
      times10(1),
      (error) => error instanceof Fault && error.reason === "OVERLOADED",
    );
    await release();
    await release();
    await Promise.all([first, ...waiting]);
  });
});
