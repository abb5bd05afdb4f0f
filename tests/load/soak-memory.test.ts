import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { held } from "../ship/soak-memory.ts";

/** So many looks, each two seconds after the one before. */
const LOOKS = 240;

const looks = (mb: (look: number) => number) =>
  Array.from({ length: LOOKS }, (_, look) => ({ order: mb(look) }));

describe("what a soak makes of memory", () => {
  it("is flat where a garbage collector lets it rise and fall", () => {
    const { mb, growth } = held(
      "order",
      looks((look) => 100 + (look % 20)),
    );
    assert.deepEqual(mb, [110, 110, 110, 110]);
    assert.equal(growth, 0);
  });

  it("is flat where it was high for a moment", () => {
    const { growth } = held(
      "order",
      looks((look) => (look > 200 && look < 215 ? 180 : 100)),
    );
    assert.equal(growth, 0);
  });

  it("grows where a little stays behind each time", () => {
    const leak = (look: number) => 100 + (look % 20) + look * 0.05;
    assert.ok(held("order", looks(leak)).growth > 0.05);
  });
});
