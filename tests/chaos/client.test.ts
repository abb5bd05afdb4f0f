import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { openClient } from "./client.ts";
import { type History, openHistory } from "./history.ts";
import { random } from "./random.ts";

describe("a chaos client", () => {
  let server: Server;
  let url: string;
  let dir: string;
  let history: History;
  before(async () => {
    server = createServer((_, res) => void res.writeHead(404).end('{"reason":"ORDER_NOT_FOUND"}'));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    dir = await mkdtemp(join(tmpdir(), "tradepost-client-"));
    history = openHistory(join(dir, "history.ndjson"));
  });
  after(async () => {
    server.close();
    await history.close();
    await rm(dir, { recursive: true });
  });

  it("asks one gateway after the other, whatever else it has under way", async () => {
    const gateways = ["http://127.0.0.1:1", url];
    const abandoned = new AbortController().signal;
    const client = openClient(0, { history, gateways, abandoned }, random("client"));
    const read = () =>
      client.untilKnown({ op: "get", key: "", request: { method: "GET", path: "/" } });
    await Promise.all([read(), read(), read(), read()]);
    assert.ok(history.entries.every(({ attempt }) => attempt <= 2));
    assert.equal(history.entries.filter(({ outcome }) => outcome === "fail").length, 4);
  });
});
