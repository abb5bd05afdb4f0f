import assert from "node:assert/strict";
import { once } from "node:events";
import { request } from "node:http";
import { status } from "@grpc/grpc-js";
import { describe, it } from "mocha";
import { type Received, refusal } from "./testing/backend.ts";
import { ask, type Bench, startBench } from "./testing/harness.ts";

/** Runs a test before a backend whose SealCrate and GetCrate show what they got. */
async function seen(
  run: (bench: Bench, last: () => Received) => Promise<void>,
  options: Parameters<typeof startBench>[1] = {},
): Promise<void> {
  let last: Received | undefined;
  const bench = await startBench(
    {
      SealCrate: (_request, received) => {
        last = received;
        return { sealed: true };
      },
      ListCrates: (_request, received) => {
        last = received;
        return { crates: [] };
      },
    },
    options,
  );
  await run(bench, () => last as Received);
  await bench.stop();
}

const traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00";

describe("calls", () => {
  it("carry what belongs to them, and no other header", () =>
    seen(
      async (bench, last) => {
        const { headers } = await ask(bench, "POST /v1/crates/1:seal", undefined, {
          authorization: "Bearer t",
          "x-request-id": "r-1",
          traceparent,
          "idempotency-key": "k 1",
          "accept-language": "de",
          "user-agent": "test ü",
          "x-user-id": "admin",
          "x-tradepost-service": "order",
          "x-client-address": "9.9.9.9",
          "grpc-timeout": "1S",
          cookie: "a=b",
        });
        const { "user-agent": agent, ...metadata } = last().metadata.getMap();
        assert.match(String(agent), /grpc-node-js/);
        const { traceparent: child, ...rest } = metadata;
        assert.deepEqual(rest, {
          "x-tradepost-service": "gateway",
          "x-request-id": "r-1",
          authorization: "Bearer t",
          "accept-language": "de",
          "x-client-agent": "test ?",
          "x-client-address": "127.0.0.1",
          "idempotency-key": "k 1",
        });
        assert.match(String(child), /^00-4bf92f3577b34da6a3ce929d0e0e4736-[0-9a-f]{16}-00$/);
        assert.notEqual(child, traceparent);
        assert.equal(headers.get("x-request-id"), "r-1");
      },
      { identity: { "x-tradepost-service": "gateway" } },
    ));

  it("get a request id and a trace where the client gives none that will do", () =>
    seen(async (bench, last) => {
      const headers = { "x-request-id": "a b", traceparent: `00-${"0".repeat(32)}-1-01` };
      const answered = await ask(bench, "GET /v1/crates", undefined, headers);
      const metadata = last().metadata.getMap();
      assert.match(String(metadata["x-request-id"]), /^[0-9a-f-]{36}$/);
      assert.equal(answered.headers.get("x-request-id"), metadata["x-request-id"]);
      assert.match(String(metadata.traceparent), /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    }));

  it("carry the address that the last trusted proxy saw", () =>
    seen(
      async (bench, last) => {
        const forwarded = { "x-forwarded-for": "6.6.6.6, 1.2.3.4, 10.0.0.1" };
        await ask(bench, "GET /v1/crates", undefined, forwarded);
        assert.equal(last().metadata.get("x-client-address")[0], "1.2.3.4");
      },
      { trustedProxies: 2 },
    ));

  it("refuse an idempotency key that is too long", () =>
    seen(async (bench) => {
      const key = { "idempotency-key": "k".repeat(256) };
      const { status: code, json } = await ask(bench, "POST /v1/crates/1:seal", undefined, key);
      assert.deepEqual([code, json.violations[0].field], [400, "Idempotency-Key"]);
    }));

  it("have the contract's deadline, which the client may shorten", () =>
    seen(async (bench, last) => {
      async function left(path: string, timeout?: string) {
        const before = Date.now();
        const headers = timeout === undefined ? {} : { "request-timeout": timeout };
        const { status: code } = await ask(bench, path, undefined, headers);
        return code === 200 ? last().deadline - before : code;
      }
      const near = (value: number, ms: number) => assert.ok(Math.abs(value - ms) < 500, `${value}`);
      near(await left("GET /v1/crates"), 5_000);
      near(await left("POST /v1/crates/1:seal"), 700);
      near(await left("GET /v1/crates", "2s"), 2_000);
      near(await left("POST /v1/crates/1:seal", "1m"), 700);
      assert.equal(await left("GET /v1/crates", "soon"), 400);
    }));

  it("that take too long are 504", async () => {
    const bench = await startBench({ SealCrate: () => new Promise(() => {}) });
    const timeout = { "request-timeout": "50ms" };
    const { status: code, json } = await ask(bench, "POST /v1/crates/1:seal", undefined, timeout);
    assert.deepEqual([code, json.reason], [504, "DEADLINE_EXCEEDED"]);
    await bench.stop();
  });

  it("are cancelled when the client goes away", async () => {
    let gone: Promise<unknown> | undefined;
    let called: () => void = () => {};
    const calling = new Promise<void>((resolve) => {
      called = resolve;
    });
    const bench = await startBench({
      SealCrate: (_request, { signal }) => {
        gone = once(signal, "abort");
        called();
        return gone;
      },
    });
    const client = request(`${bench.url}/v1/crates/1:seal`, { method: "POST" });
    client.on("error", () => {});
    client.end();
    await calling;
    client.destroy();
    await gone;
    await bench.stop();
  });

  it("say when an answer is a kept one, good or bad", async () => {
    const bench = await startBench({
      SealCrate: (_request, { initial }) => {
        initial.set("idempotent-replayed", "true");
        return { sealed: true };
      },
      CreateCrate: () => {
        const refused = refusal(status.NOT_FOUND, "no");
        refused.metadata.set("idempotent-replayed", "true");
        throw refused;
      },
    });
    const key = { "idempotency-key": "k" };
    const good = await ask(bench, "POST /v1/crates/1:seal", undefined, key);
    assert.equal(good.headers.get("idempotent-replayed"), "true");
    const bad = await ask(bench, "POST /v1/crates", {}, key);
    assert.deepEqual([bad.status, bad.headers.get("idempotent-replayed")], [404, "true"]);
    await bench.stop();
  });

  it("are sent again only where the contract calls it safe", async () => {
    const tries = { GetCrate: 0, GetMine: 0 };
    const down = () => refusal(status.UNAVAILABLE, "down");
    const bench = await startBench({
      GetCrate: () => {
        tries.GetCrate++;
        throw down();
      },
      GetMine: () => {
        tries.GetMine++;
        throw down();
      },
    });
    assert.equal((await ask(bench, "GET /v1/crates/me")).status, 503);
    assert.equal((await ask(bench, "GET /v1/crates/1")).status, 503);
    assert.deepEqual(tries, { GetCrate: 3, GetMine: 1 });
    await bench.stop();
  });
});
