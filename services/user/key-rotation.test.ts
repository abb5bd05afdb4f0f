import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { rotation, signerOf } from "./key-rotation.ts";

const minute = 60_000;
const day = 24 * 60 * minute;
const start = Date.UTC(2030, 0, 1);
const at = (ms: number) => new Date(start + ms);
const tokenMs = 10 * minute;

describe("key rotation", () => {
  const first = { kid: "first", activeTime: at(0) };
  const second = { kid: "second", activeTime: at(30 * day + 5 * minute) };

  it("makes a key that signs at once when there is none", () => {
    assert.deepEqual(rotation([], at(0), tokenMs), { makeActiveAt: at(0), forget: [] });
  });

  it("leaves a young key alone", () => {
    const nothing = { makeActiveAt: undefined, forget: [] };
    assert.deepEqual(rotation([first], at(30 * day - 1), tokenMs), nothing);
  });

  it("publishes the next key after 30 days, five minutes before it signs", () => {
    const due = rotation([first], at(30 * day), tokenMs);
    assert.deepEqual(due, { makeActiveAt: second.activeTime, forget: [] });
  });

  it("makes no third key while the next one waits to sign", () => {
    const nothing = { makeActiveAt: undefined, forget: [] };
    assert.deepEqual(rotation([first, second], at(30 * day + minute), tokenMs), nothing);
  });

  it("keeps the old key for a token's life, and a margin", () => {
    const over = +second.activeTime - start + tokenMs + 2 * minute;
    assert.deepEqual(rotation([first, second], at(over), tokenMs).forget, []);
    assert.deepEqual(rotation([second, first], at(over + 1), tokenMs).forget, ["first"]);
  });

  it("signs with the newest active key", () => {
    assert.equal(signerOf([first, second], at(30 * day)), first);
    assert.equal(signerOf([second, first], second.activeTime), second);
    assert.equal(signerOf([], at(0)), undefined);
  });
});
