import assert from "node:assert/strict";
import { once } from "node:events";
import { status } from "@grpc/grpc-js";
import { describe, it } from "mocha";
import { refusal } from "./testing/backend.ts";
import { ask } from "./testing/harness.ts";
import { events, labelled, watched } from "./testing/streams.ts";

async function* two(): AsyncGenerator<object> {
  yield { crate: { id: "1", label: "a" }, cursor: "c1" };
  yield { crate: { id: "1", label: "b" }, cursor: "c2" };
}

describe("streams", () => {
  it("are server-sent events for who accepts them", () =>
    watched(two, async (bench) => {
      const { headers, text } = await ask(bench, "GET /v1/crates/1:watch", undefined, events);
      assert.equal(headers.get("content-type"), "text/event-stream");
      assert.equal(text, `id: c1\ndata: ${labelled("a")}\n\nid: c2\ndata: ${labelled("b")}\n\n`);
    }));

  it("are lines of JSON for everybody else", () =>
    watched(two, async (bench) => {
      const { headers, text } = await ask(bench, "GET /v1/crates/1:watch");
      assert.equal(headers.get("content-type"), "application/x-ndjson");
      assert.equal(text, `${labelled("a")}\n${labelled("b")}\n`);
    }));

  it("end at once for HEAD", () =>
    watched(two, async (bench) => {
      const { status: code, text } = await ask(bench, "HEAD /v1/crates/1:watch");
      assert.deepEqual([code, text], [200, ""]);
    }));

  it("go on where the client was", () =>
    watched(
      async function* ({ cursor }) {
        yield { crate: { id: cursor ?? "" } };
      },
      async (bench) => {
        const last = { ...events, "last-event-id": "c7" };
        const { text } = await ask(bench, "GET /v1/crates/1:watch", undefined, last);
        assert.match(text, /^data: {"id":"c7"/);
      },
    ));

  it("are 204 where there is nothing more to come", () =>
    watched(
      async function* () {},
      async (bench) => {
        const { status: code } = await ask(bench, "GET /v1/crates/1:watch", undefined, events);
        assert.equal(code, 204);
      },
    ));

  it("are a problem like any other before their first message", () =>
    watched(
      // biome-ignore lint/correctness/useYield: it fails before it has anything
      async function* () {
        throw refusal(status.PERMISSION_DENIED, "no");
      },
      async (bench) => {
        const { status: code, json } = await ask(bench, "GET /v1/crates/1:watch");
        assert.deepEqual([code, json.reason], [403, "ROLE_REQUIRED"]);
      },
    ));

  it("open and show that they live while nothing happens", () =>
    watched(
      async function* (_request, { signal }) {
        await once(signal, "abort");
        yield {};
      },
      async (bench) => {
        const response = await fetch(`${bench.url}/v1/crates/1:watch`, { headers: events });
        assert.equal(response.status, 200);
        const reader = response.body?.getReader();
        const first = await reader?.read();
        assert.equal(Buffer.from(first?.value ?? []).toString(), ":\n\n");
        await reader?.cancel();
      },
      { streams: { openAfterMs: 1, keepAliveMs: 5 } },
    ));

  it("are cancelled when the client goes away", async () => {
    let gone: Promise<unknown> = Promise.resolve();
    await watched(
      async function* (_request, { signal }) {
        gone = once(signal, "abort");
        yield { crate: {} };
        await gone;
      },
      async (bench) => {
        const response = await fetch(`${bench.url}/v1/crates/1:watch`, { headers: events });
        const reader = response.body?.getReader();
        await reader?.read();
        await reader?.cancel();
        await gone;
      },
    );
  });

  it("hold a service back while the client does not read", async () => {
    let sent = 0;
    const total = 400;
    await watched(
      async function* () {
        for (; sent < total; sent++) {
          yield { crate: { label: "x".repeat(100_000) } };
        }
      },
      async (bench) => {
        const response = await fetch(`${bench.url}/v1/crates/1:watch`);
        const reader = response.body?.getReader();
        await reader?.read();
        // Without back-pressure this answer comes after all forty megabytes are in memory.
        for (let turn = 0; turn < 20; turn++) {
          await ask(bench, "GET /health");
        }
        assert.ok(sent < total, `${sent} of ${total} were sent to a client that reads nothing`);
        let bytes = 0;
        for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
          bytes += part.value.length;
        }
        assert.ok(bytes > total * 99_000);
      },
    );
  });
});
