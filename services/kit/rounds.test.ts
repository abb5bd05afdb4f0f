import assert from "node:assert/strict";
import { describe, it } from "mocha";
import pino from "pino";
import { silent } from "./log.ts";
import { rounds } from "./rounds.ts";
import { until } from "./testing-until.ts";

/** Work of which each round ends when it is told to. */
function slowWork() {
  const ends: (() => void)[] = [];
  return {
    ends,
    work: () => new Promise<void>((resolve) => void ends.push(resolve)),
  };
}

describe("rounds of work", () => {
  it("come again, and never while one lasts", async () => {
    const { ends, work } = slowWork();
    let passed = 0;
    const clock = setInterval(() => passed++, 1);
    const worker = rounds({ everyMs: 1, log: silent, failure: "" }, work);
    worker.start();
    await until(async () => passed > 20);
    assert.equal(ends.length, 1);
    ends[0]?.();
    await until(async () => ends.length === 2);
    clearInterval(clock);
    const stopped = worker.stop();
    ends[1]?.();
    await stopped;
  });

  it("come once more for what is asked while one lasts, however often", async () => {
    const { ends, work } = slowWork();
    const worker = rounds({ everyMs: 3_600_000, log: silent, failure: "" }, work);
    worker.soon();
    assert.equal(ends.length, 1);
    worker.soon();
    worker.soon();
    assert.equal(ends.length, 1);
    ends[0]?.();
    await until(async () => ends.length === 2);
    ends[1]?.();
    await worker.stop();
    assert.equal(ends.length, 2);
  });

  it("begin at the start where they are to", async () => {
    const { ends, work } = slowWork();
    const options = { everyMs: 3_600_000, isFirstAtOnce: true, log: silent, failure: "" };
    const worker = rounds(options, work);
    worker.start();
    assert.equal(ends.length, 1);
    ends[0]?.();
    await worker.stop();
  });

  it("go on after one that failed, of which the log tells", async () => {
    const lines: string[] = [];
    const log = pino({ level: "warn" }, { write: (line: string) => void lines.push(line) });
    let count = 0;
    const worker = rounds({ everyMs: 1, log, failure: "could not look" }, async () => {
      count++;
      throw new Error(`round ${count}`);
    });
    worker.start();
    await until(async () => count > 1);
    await worker.stop();
    const { msg, err } = JSON.parse(lines[0] ?? "{}");
    assert.deepEqual([msg, err.message], ["could not look", "round 1"]);
  });

  it("end with the one under way", async () => {
    const { ends, work } = slowWork();
    const worker = rounds({ everyMs: 3_600_000, log: silent, failure: "" }, work);
    worker.soon();
    worker.soon();
    let isStopped = false;
    const stopped = worker.stop().then(() => {
      isStopped = true;
    });
    await new Promise(setImmediate);
    assert.equal(isStopped, false);
    ends[0]?.();
    await stopped;
    assert.equal(ends.length, 1);
  });
});
