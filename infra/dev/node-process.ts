import type { ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { root } from "./root.ts";
import { type ServerProcess, startProcess } from "./server-process.ts";

/** Leaves the servers their time within the ten seconds that a stop may take. */
const STOP_MS = 5_000;

/**
 * Collects before a process has grown far past the 60 MB that it needs. Eight processes share the
 * machine's cores, so none starts threads of its own for its garbage.
 */
const FLAGS = ["--max-old-space-size=256", "--single-threaded-gc"];

export interface NodeOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly log: string;
  /** The repository's folder; absent: ours. */
  readonly home?: string | undefined;
  /** Besides ours. */
  readonly flags?: readonly string[] | undefined;
}

/** A compiled program of the repository, with a channel by which it notices our death. */
export async function startNode(
  program: string,
  { env, log, home = root, flags = [] }: NodeOptions,
  spawned: (pid: number) => Promise<void>,
): Promise<ServerProcess & { child: ChildProcess }> {
  const script = join(home, "dist", program);
  if (!existsSync(script)) {
    throw new Error(`dist/${program} is missing: run npm run build`);
  }
  const started = await startProcess({
    file: process.execPath,
    args: [...FLAGS, ...flags, script],
    cwd: home,
    env,
    log,
    ipc: true,
    stopMs: STOP_MS,
  });
  await spawned(started.pid);
  return started;
}
