import assert from "node:assert/strict";
import { once } from "node:events";
import { status } from "@grpc/grpc-js";
import { describe, it } from "mocha";
import { encodeErrorInfo, encodeStatus } from "#kit/google-rpc.ts";
import { type Received, refusal } from "./testing/backend.ts";
import { ask, startBench } from "./testing/harness.ts";
import { events, labelled, watched } from "./testing/streams.ts";

const down = encodeStatus({
  code: status.UNAVAILABLE,
  message: "down",
  details: [encodeErrorInfo({ reason: "DEPENDENCY_DOWN", domain: "tradepost.dev", metadata: {} })],
});

describe("streams", () => {
  async function* breaking(): AsyncGenerator<object> {
    yield { crate: { id: "1", label: "a" } };
    throw refusal(status.UNAVAILABLE, "down", down);
  }

  it("end with the problem as an event when they break", () =>
    watched(breaking, async (bench) => {
      const { text } = await ask(bench, "GET /v1/crates/1:watch", undefined, events);
      const [, problem = ""] = text.split("\n\n");
      assert.match(problem, /^event: error\ndata: {"type":.*"reason":"DEPENDENCY_DOWN"/);
    }));

  it("end with the problem as a line when they break", () =>
    watched(breaking, async (bench) => {
      const { text } = await ask(bench, "GET /v1/crates/1:watch");
      assert.equal(JSON.parse(text.split("\n")[1] ?? "").error.status, 503);
    }));

  for (const [what, accept, shown] of [
    ["events", events.accept, `id: c1\ndata: ${labelled("a")}\n\n`],
    ["lines", "*/*", `${labelled("a")}\n`],
  ] as const) {
    it(`end without a problem when their connection does, as ${what}`, async () => {
      await watched(
        async function* (_request, { signal }) {
          yield { crate: { id: "1", label: "a" }, cursor: "c1" };
          await once(signal, "abort");
        },
        async (bench) => {
          const response = await fetch(`${bench.url}/v1/crates/1:watch`, { headers: { accept } });
          bench.backend.stop();
          assert.equal(await response.text(), shown);
        },
      );
    });
  }

  it("end when the gateway stops, and say so", async () => {
    const bench = await startBench({
      WatchCrate: async function* (_request: unknown, { signal }: Received) {
        yield { crate: {} };
        await once(signal, "abort");
      },
    });
    const response = await fetch(`${bench.url}/v1/crates/1:watch`, { headers: events });
    const reader = response.body?.getReader();
    await reader?.read();
    const stopped = bench.stop();
    const last = Buffer.from((await reader?.read())?.value ?? []).toString();
    assert.match(last, /^event: error\ndata: .*"reason":"SHUTTING_DOWN"/);
    await stopped;
  });
});
