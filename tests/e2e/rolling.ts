import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { type Mesh, startMesh } from "../../infra/dev/mesh.ts";
import { type Balancer, balance } from "./balancer.ts";
import { eventually, printedOrder, rest } from "./rest.ts";

/** `npm run test:rolling`; ROUNDS=1 is a look. Too long for the gate. */
const ROUNDS = Number(process.env.ROUNDS ?? 20);
const CLIENTS = 4;
/** Longer than the balancer takes to notice. */
const SHUTDOWN_DELAY_MS = "1000";

describe("a rolling restart", function () {
  this.timeout(3_600_000);
  let mesh: Mesh;
  let dir: string;
  let balancer: Balancer;
  before(async () => {
    dir = await mkdtemp(join(tmpdir(), "tradepost-rolling-"));
    mesh = await startMesh({
      dir,
      ports: "free",
      instances: 2,
      env: { SHUTDOWN_DELAY_MS },
    });
    await mesh.ready("kafka");
    balancer = await balance(mesh.gatewayUrls);
  });
  after(async () => {
    await balancer?.stop();
    await mesh?.stop();
    await rm(dir, { recursive: true, force: true });
  });

  it(`of every instance of every service, ${ROUNDS} times under load, fails no request`, async () => {
    let token = await signIn();
    const failed: string[] = [];
    const answered = { reads: 0, orders: 0 };
    let isDone = false;
    const clients = Array.from({ length: CLIENTS }, async (_, n) => {
      while (!isDone) {
        const isOrder = n % 2 === 0;
        const api = rest(balancer.next(), token);
        const answer = await (isOrder
          ? api.post("/api/v1/orders", { ...printedOrder, user_id: undefined })
          : api.get("/api/v1/products/prod-002")
        ).catch((error: Error) => ({ status: 0, text: `${error.message} ${error.cause}` }));
        answered[isOrder ? "orders" : "reads"]++;
        if (answer.status !== (isOrder ? 201 : 200)) {
          failed.push(`${new Date().toISOString()} ${answer.status} ${answer.text}`);
        }
      }
    });
    const instances = Object.keys(mesh.processes).filter(
      (name) => !["postgres", "kafka", "edge", "guard"].includes(name),
    );
    for (let round = 0; round < ROUNDS; round++) {
      // One token does not last for all rounds.
      token = await signIn();
      for (const name of instances) {
        await restart(name);
      }
    }
    isDone = true;
    await Promise.all(clients);
    assert.deepEqual(failed, []);
    assert.ok(answered.orders > instances.length && answered.reads > instances.length);
  });

  /** As a cluster does: asked to stop, brought back, ready before the next one's turn. */
  async function restart(name: string): Promise<void> {
    const before = mesh.processes[name]?.restartCount ?? 0;
    mesh.processes[name]?.signal("SIGTERM");
    await eventually(
      async () => mesh.processes[name]?.restartCount ?? 0,
      (count) => count > before,
      30_000,
    );
    await mesh.ready(name);
  }

  async function signIn(): Promise<string> {
    const { body } = await rest(balancer.next()).post("/api/v1/auth/login", {
      email: "demo@tradepost.dev",
      password: "tradepost-demo-1",
    });
    return `Bearer ${body.accessToken}`;
  }
});
