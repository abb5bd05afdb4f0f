import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { type Mesh, startMesh } from "../../infra/dev/mesh.ts";
import { type Balancer, balance } from "./balancer.ts";
import { checkoutLoad } from "./checkout-load.ts";
import { instancesOf, replace } from "./replace.ts";

/** `npm run test:rolling`; ROUNDS=1 is a look. Too long for the gate. */
const ROUNDS = Number(process.env.ROUNDS ?? 20);
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
    const load = await checkoutLoad(balancer);
    const instances = instancesOf(mesh);
    for (let round = 0; round < ROUNDS; round++) {
      // One token does not last for all rounds.
      await load.signIn();
      for (const name of instances) {
        await replace(mesh, balancer, name);
      }
    }
    const { failed, orders, reads } = await load.stop();
    assert.deepEqual(failed, []);
    assert.ok(orders > instances.length && reads > instances.length);
  });
});
