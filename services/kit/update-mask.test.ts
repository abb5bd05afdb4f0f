import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { Fault } from "./errors.ts";
import { meantBy } from "./update-mask.ts";

const fields = ["name", "price"];

describe("an update mask", () => {
  const meant = (mask?: readonly string[]) => {
    const isMeant = meantBy(mask, fields);
    return [isMeant("name", true), isMeant("price", false)];
  };

  it("means what it names, all by a star, and what is set if there is none", () => {
    assert.deepEqual([["price"], ["*"], [], undefined].map(meant), [
      [false, true],
      [true, true],
      [true, false],
      [true, false],
    ]);
  });

  it("is refused for what cannot be changed", () => {
    assert.throws(
      () => meant(["name", "stock"]),
      (error) => error instanceof Fault && error.reason === "INVALID_FIELD",
    );
  });
});
