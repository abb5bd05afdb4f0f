import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { timeOf, uuidv7 } from "./uuid.ts";

describe("uuidv7", () => {
  it("has version, variant and the time", () => {
    const before = Date.now();
    const id = uuidv7();
    assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    const time = timeOf(id) ?? 0;
    assert.ok(time >= before && time <= Date.now() + 1);
    assert.equal(timeOf("00000000-03e8-7000-8000-000000000000"), 1_000);
    assert.equal(timeOf("prod-001"), undefined);
  });

  it("sorts in the order of the calls, also within a millisecond", () => {
    const ids = Array.from({ length: 50_000 }, () => uuidv7());
    assert.deepEqual(ids, [...ids].sort());
    assert.equal(new Set(ids).size, ids.length);
  });
});
