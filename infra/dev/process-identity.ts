// A pid alone does not name a process: numbers are used again. A pid with the moment its process
// started does.
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

const run = promisify(execFile);

export interface ProcessIdentity {
  readonly pid: number;
  readonly started: string;
}

/** What names this process among all that ever had its pid; undefined when nothing runs there. */
export async function identify(pid: number): Promise<ProcessIdentity | undefined> {
  const started = await startOf(pid).catch(() => "");
  return started ? { pid, started } : undefined;
}

export async function isRunning(identity: ProcessIdentity): Promise<boolean> {
  return (await identify(identity.pid))?.started === identity.started;
}

/** Asks a process, not a child of ours, to end; insists after `graceMs`; waits until it is gone. */
export async function endProcess(identity: ProcessIdentity, graceMs = 8_000): Promise<void> {
  const insistAt = Date.now() + graceMs;
  for (let asked = false; await isRunning(identity); await sleep(50)) {
    if (!asked || Date.now() > insistAt) {
      signal(identity.pid, asked ? "SIGKILL" : "SIGINT");
      asked = true;
    }
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended already.
  }
}

async function startOf(pid: number): Promise<string> {
  switch (process.platform) {
    case "linux": {
      // proc(5): state and start time are fields 3 and 22; the name before them may hold spaces.
      const stat = await readFile(`/proc/${pid}/stat`, "utf8");
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      return fields[0] === "Z" ? "" : (fields[19] ?? "");
    }
    case "win32": {
      const command = `(Get-Process -Id ${pid}).StartTime.Ticks`;
      return (await run("powershell", ["-NoProfile", "-Command", command])).stdout.trim();
    }
    default:
      return (await run("ps", ["-o", "lstart=", "-p", String(pid)])).stdout.trim();
  }
}
