import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { type CallContext, Metadata } from "nice-grpc-common";
import { Fault } from "./errors.ts";
import { IncomingCall } from "./incoming.ts";
import { pulled } from "./streams.ts";

const rules = {
  rpc: "a/B",
  headers: ["stripe-signature"],
  deadlineMs: 10,
  isStream: false,
  keepsAnswers: true,
};

function contextOf(metadata: Record<string, string> = {}): CallContext {
  return {
    metadata: Metadata(metadata),
    peer: "",
    header: Metadata(),
    trailer: Metadata(),
    signal: new AbortController().signal,
    sendHeader() {},
  };
}

/** A handler that says one thing and then never listens again. */
async function* deaf() {
  yield 1;
  await new Promise(() => {});
}

async function read(call: IncomingCall, stopping?: AbortSignal): Promise<number[]> {
  const heard: number[] = [];
  for await (const message of pulled(deaf(), call, stopping)) {
    heard.push(message);
  }
  return heard;
}

describe("a call that comes in", () => {
  it("ends at the contract's deadline, if its caller named a later one or none", async () => {
    const call = new IncomingCall(contextOf(), rules);
    await assert.rejects(
      read(call),
      (error) => error instanceof Fault && error.reason === "DEADLINE_EXCEEDED",
    );
    assert.ok(call.signal.aborted);
  });

  it("leaves an earlier deadline to who keeps it", () => {
    const asked = Date.now() + 5;
    const call = new IncomingCall(contextOf({ "x-tradepost-deadline": `${asked}` }), rules);
    assert.equal(+call.deadline, asked);
  });

  it("ends well as a stream that has lived its time", async () => {
    const call = new IncomingCall(contextOf(), { ...rules, isStream: true });
    assert.deepEqual(await read(call, new AbortController().signal), [1]);
  });

  it("shows a handler only the headers that its contract names", () => {
    const call = new IncomingCall(
      contextOf({ "stripe-signature": "t=1", authorization: "Bearer x" }),
      rules,
    );
    assert.deepEqual(
      ["stripe-signature", "authorization"].map((name) => call.header(name)),
      ["t=1", undefined],
    );
    call.close();
  });
});
