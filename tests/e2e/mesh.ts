/** One mesh for all end-to-end tests of a run: free ports, a folder of its own. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "mocha";
import { type Mesh, startMesh } from "../../infra/dev/mesh.ts";
import { type Rest, rest } from "./rest.ts";

let started: Promise<{ mesh: Mesh; dir: string }> | undefined;

/** Started by the first test that asks. */
export async function theMesh(): Promise<{ mesh: Mesh; api: Rest }> {
  started ??= start();
  const { mesh } = await started;
  return { mesh, api: rest(mesh.gatewayUrl) };
}

async function start() {
  const dir = await mkdtemp(join(tmpdir(), "tradepost-e2e-"));
  const mesh = await startMesh({ dir, ports: "free" });
  await mesh.ready("kafka");
  return { mesh, dir };
}

after(async function () {
  this.timeout(30_000);
  if (started !== undefined) {
    const { mesh, dir } = await started;
    await mesh.stop();
    await rm(dir, { recursive: true, force: true });
  }
});
