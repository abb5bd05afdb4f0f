import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

interface Program {
  /** Where the copy of the house is. */
  readonly folder: string;
  /** Under its `dist/tests/chaos/`. */
  readonly name: string;
  readonly args: readonly string[];
  /** Asks it to stop; it stops its mesh itself. */
  readonly signal: AbortSignal;
  say(line: string): void;
}

/** A mesh that does not come up on a busy machine has shown nothing: it gets a second start. */
const STARTS = 2;

/** Runs a program of a copy of the house, and reads the one JSON value that it writes. */
export async function runCopy<T>(program: Program): Promise<T> {
  for (let start = 1; ; start++) {
    try {
      return await runOnce(program);
    } catch (error) {
      if (start === STARTS || program.signal.aborted) {
        throw error;
      }
      program.say(`${(error as Error).message}; it is started again`);
    }
  }
}

async function runOnce<T>({ folder, name, args, signal, say }: Program): Promise<T> {
  const { NODE_OPTIONS: _, ...env } = process.env;
  const program = join(folder, "dist/tests/chaos", name);
  const child = spawn(process.execPath, [program, ...args], {
    cwd: folder,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const stop = () => void child.kill("SIGTERM");
  signal.addEventListener("abort", stop, { once: true });
  let out = "";
  child.stdout.on("data", (chunk) => {
    out += chunk;
  });
  child.stderr.on("data", (chunk) => {
    for (const line of String(chunk).trimEnd().split("\n")) {
      say(`  ${line}`);
    }
  });
  await once(child, "close");
  signal.removeEventListener("abort", stop);
  try {
    return JSON.parse(out);
  } catch {
    // One that could not even begin has shown nothing.
    throw new Error(`${name} of a copy ended without a result: ${out.slice(-500)}`);
  }
}
