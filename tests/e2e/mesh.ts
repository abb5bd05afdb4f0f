/** One mesh for all end-to-end tests of a run: free ports, a folder of its own. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "mocha";
import { type Mesh, startMesh } from "../../infra/dev/mesh.ts";
import { eventually, type Rest, rest } from "./rest.ts";

const RESTART_MS = 30_000;

let started: Promise<{ mesh: Mesh; dir: string }> | undefined;

/** Started by the first test that asks. */
export async function theMesh(): Promise<{ mesh: Mesh; api: Rest }> {
  started ??= start();
  const { mesh } = await started;
  return { mesh, api: rest(mesh.gatewayUrl) };
}

/**
 * One of its own, for a test that leaves in it what no mesh would make, or wants it set up in its own
 * way. The caller stops it.
 */
export async function aMeshOfItsOwn(
  env: Readonly<Record<string, string>> = {},
): Promise<{ mesh: Mesh; api: Rest; stop(): Promise<void> }> {
  const { mesh, dir } = await start(env);
  return { mesh, api: rest(mesh.gatewayUrl), stop: () => end(mesh, dir) };
}

/** Kills a process, and comes back when the one in its place is ready. Its callers may look for it still. */
export async function restart(mesh: Mesh, name: string): Promise<void> {
  const member = mesh.processes[name];
  const count = member?.restartCount ?? 0;
  member?.kill9();
  await eventually(
    async () => member?.restartCount ?? 0,
    (now) => now > count,
    RESTART_MS,
  );
  await mesh.ready(name);
}

async function start(env: Readonly<Record<string, string>> = {}) {
  const dir = await mkdtemp(join(tmpdir(), "tradepost-e2e-"));
  const mesh = await startMesh({ dir, ports: "free", env });
  await mesh.ready("kafka");
  return { mesh, dir };
}

after(async function () {
  this.timeout(30_000);
  if (started !== undefined) {
    const { mesh, dir } = await started;
    await end(mesh, dir);
  }
});

async function end(mesh: Mesh, dir: string): Promise<void> {
  await mesh.stop();
  await rm(dir, { recursive: true, force: true });
}
