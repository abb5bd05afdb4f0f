import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { afterEach, describe, it } from "mocha";
import { until } from "./testing-until.ts";
import "./kafka.ts";

/** As far as this test looks at kafkajs's own. */
interface Queue {
  readonly throttleCheckTimeoutId: object | null;
  push(request: object): void;
  fulfillRequest(answer: object): void;
  maybeThrottle(ms: number): void;
  destroy(): void;
}

const RequestQueue = createRequire(import.meta.url)("kafkajs/src/network/requestQueue") as {
  new (options: object): Queue;
};

describe("a connection of kafkajs", () => {
  const sent: number[] = [];
  const queues: Queue[] = [];
  afterEach(() => {
    for (const queue of queues.splice(0)) {
      queue.destroy();
    }
  });

  function queue(): Queue {
    const logger = { debug() {}, warn() {} };
    const one = new RequestQueue({ maxInFlightRequests: 1, requestTimeout: 60_000, logger });
    queues.push(one);
    return one;
  }

  function request(correlationId: number) {
    const entry = { correlationId, resolve() {}, reject() {} };
    return { entry, expectResponse: true, sendRequest: () => sent.push(correlationId) };
  }

  it("has no clock running where no request waits", () => {
    const idle = queue();
    idle.push(request(1));
    idle.fulfillRequest({ correlationId: 1, payload: {}, size: 0 });
    assert.equal(idle.throttleCheckTimeoutId, null);
  });

  it("sends what waits: for an answer, or for the end of a time-out of the broker's", async () => {
    const busy = queue();
    busy.push(request(2));
    busy.push(request(3));
    assert.ok(!sent.includes(3));
    busy.fulfillRequest({ correlationId: 2, payload: {}, size: 0 });
    assert.ok(sent.includes(3));
    busy.fulfillRequest({ correlationId: 3, payload: {}, size: 0 });
    busy.maybeThrottle(50);
    busy.push(request(4));
    assert.ok(!sent.includes(4));
    await until(async () => sent.includes(4));
  });
});
