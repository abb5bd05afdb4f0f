import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { expectedVersion, isStale } from "./etags.ts";

describe("an etag that a request gives", () => {
  it("is stale if it names another state, and never if it names none", () => {
    const given = [undefined, "*", "7", "8", ""];
    assert.deepEqual(
      given.map((etag) => isStale(etag, "7")),
      [false, false, false, true, true],
    );
  });

  it("names a version, or one that nothing has", () => {
    const given = [undefined, "*", "7", "7-00ff", "-7", "", "9".repeat(19)];
    assert.deepEqual(
      given.map((etag) => expectedVersion(etag)),
      [undefined, undefined, 7n, -1n, -1n, -1n, -1n],
    );
    assert.equal(expectedVersion("7-00ff", /^(\d+)-[0-9a-f]{4}$/), 7n);
  });
});
