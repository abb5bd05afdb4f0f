import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";

/** A server that runs as a child process; the supervisor needs no more than this of any of them. */
export interface ServerProcess {
  readonly pid: number;
  /** Resolves with the reason ("exit code 1", "SIGKILL") once it has ended. */
  readonly exited: Promise<string>;
  /** Asks it to end, insists after some seconds, resolves when it is gone. */
  stop(): Promise<void>;
  /** kill -9 */
  kill(): void;
  signal(name: NodeJS.Signals): void;
}

export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly uid?: number;
  readonly gid?: number;
  /** Output is appended to this file by the child itself, so it outlives the launcher. */
  readonly log: string;
  /** Gives the child a channel by which it notices that its parent died. */
  readonly ipc?: boolean;
  readonly stopSignal?: NodeJS.Signals;
  readonly stopMs?: number;
}

export async function startProcess(
  command: Command,
): Promise<ServerProcess & { child: ChildProcess }> {
  const { file, args, log, ipc, stopSignal = "SIGTERM", stopMs = 4_000, ...options } = command;
  const output = openSync(log, "a", 0o600);
  const child = spawn(file, args, {
    ...options,
    windowsHide: true,
    // Its own group: Ctrl-C reaches the launcher alone, which then stops all in order.
    detached: process.platform !== "win32",
    stdio: ["ignore", output, output, ...(ipc ? (["ipc"] as const) : [])],
  });
  closeSync(output);
  const exited = new Promise<string>((resolve) => {
    child.once("exit", (code, signal) => resolve(signal ?? `exit code ${code}`));
    child.once("error", (error) => resolve(error.message));
  });
  if (child.pid === undefined) {
    throw new Error(`cannot start ${file}: ${await exited}`);
  }
  return {
    child,
    pid: child.pid,
    exited,
    async stop() {
      child.kill(stopSignal);
      const insist = setTimeout(() => child.kill("SIGKILL"), stopMs);
      await exited;
      clearTimeout(insist);
    },
    kill: () => void child.kill("SIGKILL"),
    signal: (name) => void child.kill(name),
  };
}
