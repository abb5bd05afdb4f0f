import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { ofKept, toKept } from "./kinds.ts";

describe("an occasion", () => {
  it("is kept as JSON without loss", () => {
    const occasion = {
      orderId: "o1",
      pieces: 2,
      amount: { currency: "USD", minor: 900_719_925_474_099_301n },
    };
    assert.deepEqual(ofKept(JSON.parse(JSON.stringify(toKept(occasion)))), occasion);
    assert.deepEqual(ofKept(toKept({ fullName: "Ada" })), { fullName: "Ada" });
  });
});
