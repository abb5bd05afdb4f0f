import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { pino } from "pino";
import { ask, type Bench, startBench } from "../testing/harness.ts";

describe("pages", () => {
  let bench: Bench;
  const lines: Record<string, unknown>[] = [];
  before(async () => {
    const log = pino({}, { write: (line: string) => void lines.push(JSON.parse(line)) });
    bench = await startBench({ GetCrate: ({ id }) => ({ crate: { id } }) }, { log });
  });
  after(() => bench.stop());

  it("say that the gateway lives and is ready", async () => {
    assert.equal((await ask(bench, "GET /health")).status, 200);
    assert.equal((await ask(bench, "GET /health/ready")).status, 200);
  });

  it("say which services answer", async () => {
    const { status, json } = await ask(bench, "GET /health/services");
    assert.equal(status, 200);
    assert.equal(json.services["testing.depot.v1"].status, "SERVING");
    const dead = await startBench({}, { addressOf: () => "127.0.0.1:1" });
    const down = await ask(dead, "GET /health/services");
    assert.equal(down.status, 207);
    assert.equal(down.json.services["testing.depot.v1"].status, "UNREACHABLE");
    await dead.stop();
  });

  it("count requests by template, never by path", async () => {
    await ask(bench, "GET /v1/crates/secret-id?name=secret-name");
    const { text } = await ask(bench, "GET /metrics");
    assert.match(
      text,
      /http_request_duration_seconds_count{route="\/v1\/crates\/{id}",method="GET",status="200"} 1/,
    );
    assert.doesNotMatch(text, /secret/);
  });

  it("log one line a request, without ids, queries or bodies", async () => {
    lines.length = 0;
    const { headers } = await ask(bench, "GET /v1/crates/secret-id?name=secret-name");
    await ask(bench, "GET /health");
    const [line] = lines.filter(({ route }) => route === "/v1/crates/{id}");
    const { method, status, requestId, msg } = line ?? {};
    const id = headers.get("x-request-id");
    assert.deepEqual([method, status, requestId, msg], ["GET", 200, id, "request"]);
    assert.doesNotMatch(JSON.stringify(lines), /secret/);
  });

  it("show the reference from our own script alone", async () => {
    const { text, headers } = await ask(bench, "GET /docs");
    assert.doesNotMatch(text, /https?:/);
    assert.match(headers.get("content-security-policy") ?? "", /script-src 'self';/);
    const script = await ask(bench, "GET /docs/reference.js");
    assert.equal(script.status, 200);
    assert.match(script.headers.get("content-type") ?? "", /javascript/);
  });
});

describe("stopping", () => {
  it("finishes what runs, takes nothing new, and ends idle connections", async () => {
    let finish: (answer: object) => void = () => {};
    let started: () => void = () => {};
    const running = new Promise<void>((resolve) => {
      started = resolve;
    });
    const bench = await startBench({
      SealCrate: () => {
        started();
        return new Promise((resolve) => {
          finish = resolve;
        });
      },
    });
    await ask(bench, "GET /health");
    const answer = ask(bench, "POST /v1/crates/1:seal");
    await running;
    const stopped = bench.stop();
    await assert.rejects(fetch(`${bench.url}/health`));
    finish({ sealed: true });
    const { status, headers } = await answer;
    assert.deepEqual([status, headers.get("connection")], [200, "close"]);
    await stopped;
  });
});
