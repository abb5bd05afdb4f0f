import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, it } from "mocha";
import { root } from "../../infra/dev/root.ts";

type Variables = Readonly<Record<string, string>>;

/** A program of infra/docker with these variables and the path alone. */
function run(program: string, variables: Variables): Promise<{ code: number; err: string }> {
  const file = join(root, "infra/docker", program);
  const env = { PATH: process.env.PATH, ...variables };
  return new Promise((resolve) => {
    execFile(process.execPath, [...process.execArgv, file], { env }, (error, _out, err) =>
      resolve({ code: Number(error?.code ?? 0), err }),
    );
  });
}

describe("the image's first process", function () {
  this.timeout(30_000);

  for (const SERVICE of ["", "billing", "toString"]) {
    it(`with SERVICE=${SERVICE} says which there are, and ends with 2`, async () => {
      const { code, err } = await run("start.ts", { SERVICE });
      assert.equal(code, 2);
      assert.match(err, /^SERVICE is .*: it must be one of user, .*, gateway, stripe-sandbox\n$/);
    });
  }

  it("becomes the program: a service that lacks its variables names them, and ends with 2", async () => {
    assert.equal((await run("start.ts", { SERVICE: "payment" })).code, 2);
  });
});

describe("the image's health check", function () {
  this.timeout(30_000);

  /** What it ends with where every path but `path` answers 404, and that one `status`. */
  async function checked(path: string, status: number, variables: (port: string) => Variables) {
    const server = createServer((request, response) => {
      response.writeHead(request.url === path ? status : 404).end();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const port = String((server.address() as AddressInfo).port);
    const { code } = await run("health-check.ts", variables(port));
    server.close();
    return code;
  }

  it("asks a service at its metrics port, the gateway at its own, the sandbox at its own", async () => {
    const order = (METRICS_PORT: string) => ({ SERVICE: "order", METRICS_PORT });
    const gateway = (HTTP_PORT: string) => ({ SERVICE: "gateway", HTTP_PORT });
    const sandbox = (SANDBOX_PORT: string) => ({ SERVICE: "stripe-sandbox", SANDBOX_PORT });
    assert.equal(await checked("/health", 200, order), 0);
    assert.equal(await checked("/health", 200, gateway), 0);
    assert.equal(await checked("/_health", 200, sandbox), 0);
  });

  it("ends with 1 where the answer is not well, or there is none", async () => {
    const order = (METRICS_PORT: string) => ({ SERVICE: "order", METRICS_PORT });
    assert.equal(await checked("/health", 503, order), 1);
    assert.equal((await run("health-check.ts", order("1"))).code, 1);
  });
});
