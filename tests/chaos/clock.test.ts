import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, it } from "mocha";
import { clockFlags } from "./clock.ts";

const run = promisify(execFile);
const PRINT = `console.log(JSON.stringify([
  Date.now(), +new Date(), Date.parse(Date()), +new Date(5), new Date() instanceof Date,
  new Date(Date.UTC(2020, 1, 29)).toISOString(),
]))`;

describe("a clock that is wrong", () => {
  for (const shiftMs of [-360_000, 90_000]) {
    it(`is ${shiftMs} ms off, whichever way it is asked, and nothing else is`, async () => {
      const from = Date.now();
      const { stdout } = await run(process.execPath, [...clockFlags(shiftMs), "--eval", PRINT]);
      const to = Date.now();
      const [now, made, said, five, isDate, text] = JSON.parse(stdout);
      // Date() tells no milliseconds.
      for (const told of [now, made, said + 999]) {
        assert.ok(told >= from + shiftMs && told <= to + shiftMs + 999, `${told - shiftMs - from}`);
      }
      assert.deepEqual([five, isDate, text], [5, true, "2020-02-29T00:00:00.000Z"]);
    });
  }

  it("is right without a shift", () => {
    assert.deepEqual(clockFlags(undefined), []);
  });
});
