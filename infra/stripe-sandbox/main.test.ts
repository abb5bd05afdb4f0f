import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { after, before, describe, it } from "mocha";
import { clientOf, SECRET_KEY } from "./harness.ts";

describe("the sandbox as a process", () => {
  const main = fileURLToPath(new URL("main.ts", import.meta.url));
  let dir: string;
  let child: ChildProcess | undefined;

  function run(env: NodeJS.ProcessEnv): ChildProcess {
    child = spawn(process.execPath, ["--import=tsx", main], {
      env: { PATH: process.env.PATH, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    return child;
  }

  async function start(): Promise<number> {
    const { stdout } = run({
      SANDBOX_PORT: "0",
      SANDBOX_DIR: dir,
      STRIPE_SECRET_KEY: SECRET_KEY,
      STRIPE_WEBHOOK_SECRET: "whsec_x",
    });
    assert.ok(stdout);
    const [line] = await once(createInterface({ input: stdout }), "line");
    const { msg, url } = JSON.parse(String(line));
    assert.equal(msg, "ready");
    return Number(new URL(url).port);
  }

  before(async () => {
    dir = await mkdtemp(path.join(tmpdir(), "stripe-sandbox-"));
  });
  after(async () => {
    child?.kill("SIGKILL");
    await rm(dir, { recursive: true });
  });

  it("knows after kill -9 all that it ever answered, and stops on SIGTERM", async () => {
    const before_ = clientOf(await start());
    const answered = new Map<string, string>();
    const place = async (at: number) => {
      const intent = await before_.paymentIntents.create({
        amount: 100 + at,
        currency: "usd",
        payment_method: "pm_card_visa",
        allowed_payment_method_types: ["card"],
        capture_method: "automatic",
        confirm: true,
      });
      answered.set(intent.id, JSON.stringify(intent));
      if (answered.size === 50) child?.kill("SIGKILL");
    };
    await Promise.allSettled(Array.from({ length: 100 }, (_, at) => place(at)));
    const after_ = clientOf(await start());
    for (const [id, text] of answered) {
      assert.equal(JSON.stringify(await after_.paymentIntents.retrieve(id)), text);
    }
    assert.ok(answered.size >= 50);
    child?.kill("SIGTERM");
    assert.deepEqual(await once(child as ChildProcess, "exit"), [0, null]);
  }).timeout(20_000);

  it("names each wrong variable and exits with 2", async () => {
    const { stderr } = run({ STRIPE_SECRET_KEY: "sk_live_1", SANDBOX_PORT: "x" });
    assert.ok(stderr);
    const closed = once(child as ChildProcess, "close");
    let text = "";
    for await (const chunk of stderr) text += chunk;
    assert.deepEqual(await closed, [2, null]);
    for (const name of ["SANDBOX_PORT", "STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET"]) {
      assert.match(text, new RegExp(name));
    }
  }).timeout(20_000);
});
