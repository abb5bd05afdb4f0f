import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { BadFlag, readFlags } from "./flags.ts";

describe("the flags of npm start", () => {
  it("are off when they are not given, but for Kafka", () => {
    assert.deepEqual(readFlags([]), { fresh: false, kafka: true, json: false, help: false });
    assert.deepEqual(readFlags(["--fresh", "--no-kafka", "--json"]), {
      fresh: true,
      kafka: false,
      json: true,
      help: false,
    });
  });

  it("are refused in one sentence when they are unknown", () => {
    for (const flag of ["--frsh", "--fresh=1", "fresh"]) {
      assert.throws(
        () => readFlags([flag]),
        new BadFlag(`npm start does not know ${flag}: see npm start -- --help`),
      );
    }
  });
});
