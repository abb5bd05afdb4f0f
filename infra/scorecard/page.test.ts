import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { atLeast, atMost, told } from "./objective.ts";
import { pageOf } from "./page.ts";
import { unmeasured } from "./part.ts";

const machine = {
  time: new Date("2030-01-02T03:04:05Z"),
  facts: ["4 × Some CPU", "commit abc"],
  isBusy: false,
};

describe("the scorecard", () => {
  it("says what was found beside what is aimed at, and counts what is reached", () => {
    const objectives = [
      atLeast("orders", 400, 399.6, "a second"),
      atMost("95th percentile", 200, 200, "ms"),
      atMost("recovery", 30, undefined, "s"),
      told("start", 7.25, "s"),
    ];
    const page = pageOf(machine, [
      { title: "Load", how: "some clients, 5 s", objectives },
      unmeasured("faults", new Error("no room\nat …")),
    ]);
    const rows = page.split("\n").filter((line) => line.startsWith("| ") && !/---|what/.test(line));
    assert.deepEqual(rows, [
      "| orders | at least 400 a second | 399.6 a second | **missed** |",
      "| 95th percentile | at most 200 ms | 200 ms | reached |",
      "| recovery | at most 30 s | could not be measured | **missed** |",
      "| start | – | 7.25 s |  |",
      "| faults | – | could not be measured: no room | **missed** |",
    ]);
    assert.match(page, /^\*\*1 of 4 aims are reached\.\*\*$/m);
    assert.match(page, /^2030-01-02 03:04 UTC\. 4 × Some CPU; commit abc\.$/m);
    assert.doesNotMatch(page, /at work on the machine/);
  });

  it("says when the machine was not its own", () => {
    assert.match(pageOf({ ...machine, isBusy: true }, []), /^\*\*Others were at work/m);
  });
});
