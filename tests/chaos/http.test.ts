import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, describe, it } from "mocha";
import { ask } from "./http.ts";

describe("what a chaos client hears", () => {
  let server: Server;
  let url: string;
  /** `/409/OUT_OF_STOCK` is answered so. */
  before(async () => {
    server = createServer((req, res) => {
      const [, status, reason] = (req.url ?? "").split("/");
      res.writeHead(Number(status)).end(JSON.stringify({ reason }));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(() => server.close());

  for (const [path, outcome] of [
    ["/201", "ok"],
    ["/404/ORDER_NOT_FOUND", "fail"],
    ["/409/OUT_OF_STOCK", "fail"],
    ["/402/PAYMENT_DECLINED", "fail"],
    // None of these says what became of the request.
    ["/409/IDEMPOTENCY_IN_PROGRESS", "info"],
    ["/401/INVALID_TOKEN", "info"],
    ["/429/RATE_LIMITED", "info"],
    ["/503/DEPENDENCY_DOWN", "info"],
    ["/500/INTERNAL", "info"],
  ]) {
    it(`takes ${path} for ${outcome}`, async () => {
      assert.equal((await ask(url, { method: "POST", path: path as string })).outcome, outcome);
    });
  }

  it("takes no answer for info", async () => {
    const nobody = url.replace(/\d+$/, "1");
    assert.equal((await ask(nobody, { method: "GET", path: "/" })).outcome, "info");
  });
});
