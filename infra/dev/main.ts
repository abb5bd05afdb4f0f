// `npm start`
import { join } from "node:path";
import { InUse } from "./claim.ts";
import { BadFlag, type Flags, HELP, readFlags } from "./flags.ts";
import { pssOfTree } from "./memory.ts";
import { startMesh } from "./mesh.ts";
import { root } from "./root.ts";
import { jsonVoice, tableVoice } from "./voice.ts";

const PARENT_POLL_MS = 500;

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  try {
    const flags = readFlags(args);
    if (flags.help) {
      process.stdout.write(HELP);
      return 0;
    }
    await run(flags);
    return 0;
  } catch (error) {
    process.stderr.write(`${explain(error as Error)}\n`);
    return error instanceof BadFlag ? 2 : 1;
  }
}

/** Returns when the mesh was told to stop, and has. */
async function run({ fresh, kafka, json }: Flags): Promise<void> {
  const write = (text: string) => void process.stdout.write(text);
  const voice = json ? jsonVoice(write) : tableVoice(write);
  const stopped = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    // npm and the terminal both pass Ctrl-C on: the second one is no haste.
    process.on(signal, () => stopped.abort());
  }
  stopWithNpm(stopped);
  const begun = performance.now();
  const { signal } = stopped;
  const dir = process.env.TRADEPOST_DIR || join(root, ".tradepost");
  const say = voice.say;
  try {
    const mesh = await startMesh({ dir, ports: "fixed", fresh, kafka, say, signal });
    const bytes = await pssOfTree(process.pid);
    voice.ready(mesh, { ms: performance.now() - begun, bytes });
    await told(signal);
    const stopping = performance.now();
    say("stopping");
    await mesh.stop();
    voice.stopped(performance.now() - stopping);
  } catch (error) {
    if (!signal.aborted) {
      throw error;
    }
    voice.stopped(performance.now() - begun);
  }
}

/** npm passes SIGTERM to the shell that it runs us in, and that shell just goes away. */
function stopWithNpm(stopped: AbortController): void {
  if (process.env.npm_lifecycle_event) {
    const parent = process.ppid;
    const poll = () => process.ppid !== parent && stopped.abort();
    setInterval(poll, PARENT_POLL_MS).unref();
  }
}

function told(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
    }
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

function explain(error: Error): string {
  if (error instanceof InUse) {
    const since = new Date(error.since).toLocaleString();
    return (
      `already running (pid ${error.pid}, since ${since}): stop it with Ctrl-C or ` +
      `kill ${error.pid}, or set TRADEPOST_DIR and other ports for a second mesh`
    );
  }
  return error.message;
}
