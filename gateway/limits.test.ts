import assert from "node:assert/strict";
import { once } from "node:events";
import { request } from "node:http";
import { connect } from "node:net";
import { after, before, describe, it } from "mocha";
import { ask, type Bench, startBench } from "./testing/harness.ts";

const mebibyte = 1024 * 1024;

describe("limits", () => {
  let bench: Bench;
  before(async () => {
    bench = await startBench({ Echo: (everything) => everything });
  });
  after(() => bench.stop());

  it("let a body of one mebibyte through, and no more", async () => {
    const frame = JSON.stringify({ aString: "" }).length;
    const fits = await ask(bench, "POST /v1/echo", { aString: "x".repeat(mebibyte - frame) });
    assert.equal(fits.status, 200);
    const larger = await ask(bench, "POST /v1/echo", { aString: "x".repeat(mebibyte - frame + 1) });
    assert.deepEqual([larger.status, larger.json.reason], [413, "BODY_TOO_LARGE"]);
  });

  for (const isChunked of [false, true]) {
    const how = isChunked ? "in chunks" : "with its length";
    it(`answer 413 to a client that sends two mebibytes ${how} before it reads`, async () => {
      const { status, reason } = await sendAll(bench, 2 * mebibyte, isChunked);
      assert.deepEqual([status, reason], [413, "BODY_TOO_LARGE"]);
    });
  }

  it("end a connection that goes on sending", async () => {
    const socket = connect(bench.port, "127.0.0.1");
    socket.on("error", () => {});
    socket.resume();
    socket.write("POST /v1/echo HTTP/1.1\r\nHost: x\r\nContent-Length: 99000000\r\n\r\n");
    const chunk = Buffer.alloc(mebibyte, 0x20);
    let sent = 0;
    function send() {
      while (sent < 90 && !socket.destroyed && socket.write(chunk)) {
        sent++;
      }
    }
    socket.on("drain", send);
    send();
    await new Promise((resolve) => socket.once("close", resolve));
    assert.ok(sent < 90);
  });

  const types: [type: string, status: number][] = [
    ["application/json", 200],
    ["Application/JSON; charset=UTF-8", 200],
    ["application/merge-patch+json", 200],
    ["application/json; charset=utf-16", 415],
    ["text/plain", 415],
    ["application/x-www-form-urlencoded", 415],
    ["", 415],
  ];
  for (const [type, status] of types) {
    it(`answer ${status} to a body of type "${type}"`, async () => {
      const answered = await ask(bench, "POST /v1/echo", Buffer.from("{}"), {
        "content-type": type,
      });
      assert.equal(answered.status, status);
    });
  }

  it("answer 415 to a compressed body", async () => {
    const encoding = { "content-encoding": "gzip" };
    const { json } = await ask(bench, "POST /v1/echo", "{}", encoding);
    assert.equal(json.reason, "UNSUPPORTED_MEDIA_TYPE");
  });

  it("refuse a head of more than 16 KiB", async () => {
    const { status } = await ask(bench, "GET /health", undefined, { "x-long": "x".repeat(17_000) });
    assert.equal(status, 431);
  });

  it("check in the order that is promised: route, method, size, type, JSON", async () => {
    const big = "x".repeat(mebibyte + 1);
    const text = { "content-type": "text/plain" };
    const statuses = [
      await ask(bench, "POST /nowhere", big, text),
      await ask(bench, "PUT /v1/echo", big, text),
      await ask(bench, "POST /v1/echo", big, text),
      await ask(bench, "POST /v1/echo", "{", text),
      await ask(bench, "POST /v1/echo", "{"),
    ].map(({ status }) => status);
    assert.deepEqual(statuses, [404, 405, 413, 415, 400]);
  });
});

/** Sends all of a body before it looks at the answer. */
async function sendAll({ url }: Bench, size: number, isChunked: boolean) {
  const length = isChunked ? {} : { "content-length": size };
  const headers = { "content-type": "application/json", ...length };
  const client = request(`${url}/v1/echo`, { method: "POST", headers });
  const answered = once(client, "response");
  for (let sent = 0; sent < size; sent += 65_536) {
    if (!client.write(Buffer.alloc(65_536, 0x20))) {
      await once(client, "drain");
    }
  }
  client.end();
  const [response] = await answered;
  let text = "";
  for await (const part of response) {
    text += part;
  }
  return { status: response.statusCode, reason: JSON.parse(text).reason };
}
