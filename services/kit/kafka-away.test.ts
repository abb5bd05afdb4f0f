import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { isAway } from "./kafka-away.ts";

const named = (name: string, cause?: unknown) =>
  Object.assign(new Error("no", { cause }), { name });

describe("Kafka", () => {
  it("is away while a starting broker has no coordinator, whatever wraps that", () => {
    const starting = named("KafkaJSGroupCoordinatorNotFound");
    assert.equal(isAway(starting), true);
    assert.equal(isAway(named("KafkaJSNumberOfRetriesExceeded", starting)), true);
  });

  it("is away when its connection closed between being found and being asked", () => {
    assert.equal(isAway(new Error("Broker not connected")), true);
  });

  it("is not away where this process is at fault", () => {
    assert.equal(isAway(named("KafkaJSProtocolError")), false);
    assert.equal(isAway(named("TypeError", named("RangeError"))), false);
    assert.equal(isAway("KafkaJSConnectionError"), false);
  });
});
