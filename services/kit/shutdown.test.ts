import assert from "node:assert/strict";
import { type ChildProcess, fork, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { after, before, describe, it } from "mocha";
import { UserServiceDefinition } from "#gen/tradepost/user/v1/user.ts";
import { clientOf, within } from "./client.ts";
import { type TestDatabase, testDatabase } from "./testing.ts";

const execArgv = ["--conditions=source", "--import=tsx"];
const program = new URL("./testing-process.ts", import.meta.url);

describe("a service's process", () => {
  let database: TestDatabase;
  before(async () => {
    database = await testDatabase("kit");
  });
  after(() => database.drop());

  function environment(changes: Record<string, string>) {
    const { PATH = "" } = process.env;
    return {
      PATH,
      PROFILE: "test",
      HOST: "127.0.0.1",
      GRPC_PORT: "0",
      METRICS_PORT: "0",
      ...changes,
    };
  }

  async function start(): Promise<{ child: ChildProcess; port: number }> {
    const env = environment({ DATABASE_URL: database.url });
    const child = fork(program, { execArgv, env, stdio: ["ignore", "pipe", "inherit", "ipc"] });
    for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream })) {
      const { msg, port } = JSON.parse(line) as { msg: string; port: number };
      if (msg === "ready") {
        child.stdout?.resume();
        return { child, port };
      }
    }
    throw new Error("it ended before it was ready");
  }

  it("names every wrong variable and ends with code 2", async () => {
    const env = environment({ GRPC_PORT: "x", USER_ADDR: "y" });
    const child = spawn(process.execPath, [...execArgv, program.pathname], { env });
    const lines: string[] = [];
    createInterface({ input: child.stdout }).on("line", (line) => lines.push(line));
    const [code] = await once(child, "close");
    assert.equal(code, 2);
    assert.equal(lines.length, 1);
    const { msg, problems } = JSON.parse(lines[0] as string);
    assert.equal(msg, "bad configuration");
    assert.equal(problems.length, 3);
  });

  it("answers the call in flight on SIGTERM, however often it is told, and ends well", async () => {
    const { child, port } = await start();
    const address = `127.0.0.1:${port}`;
    const users = clientOf(UserServiceDefinition, { address, tls: undefined, service: "order" });
    const inFlight = users.getJwks({}, within(undefined, 5_000));
    await once(child, "message");
    child.kill("SIGTERM");
    child.kill("SIGINT");
    child.send("go on");
    const { keys } = await inFlight;
    const [code] = await once(child, "exit");
    assert.deepEqual([keys.length, code], [1, 0]);
    users.close();
  });

  it("ends when its launcher is gone", async () => {
    const { child } = await start();
    child.disconnect();
    const [code] = await once(child, "exit");
    assert.equal(code, 0);
  });

  it("ends at once on an error that nobody caught", async () => {
    const { child } = await start();
    child.send("crash");
    const [code] = await once(child, "exit");
    assert.equal(code, 1);
  });
});
