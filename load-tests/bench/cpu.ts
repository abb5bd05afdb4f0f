/** What a tree of processes has used of the processors; Linux only, 0 elsewhere. */
import { readdirSync, readFileSync } from "node:fs";

/** Clock ticks a second, as Linux reports process times to everybody. */
const TICKS = 100;

interface Stat {
  readonly parent: number;
  /** User and system, its own and that of children it has waited for, in milliseconds. */
  readonly ms: number;
}

/** User and system time of the processes below `root`, it included, by its name; in milliseconds. */
export function cpuMs(root: number, except: readonly number[] = []): Map<string, number> {
  const stats = new Map<number, Stat & { name: string }>();
  for (const entry of readdirSync("/proc")) {
    if (/^\d+$/.test(entry)) {
      const stat = statOf(Number(entry));
      if (stat) {
        stats.set(Number(entry), stat);
      }
    }
  }
  const used = new Map<string, number>();
  for (const [pid, { name, ms }] of stats) {
    if (isBelow(stats, pid, root) && !except.includes(pid)) {
      used.set(name, (used.get(name) ?? 0) + ms);
    }
  }
  return used;
}

function isBelow(stats: ReadonlyMap<number, Stat>, pid: number, root: number): boolean {
  for (let at = pid; at > 1; at = stats.get(at)?.parent ?? 0) {
    if (at === root) {
      return true;
    }
  }
  return false;
}

function statOf(pid: number): (Stat & { name: string }) | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    const ticks = [11, 12, 13, 14].reduce((sum, index) => sum + Number(fields[index]), 0);
    const argv = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
    return { parent: Number(fields[1]), ms: (ticks * 1_000) / TICKS, name: nameOf(argv) };
  } catch {
    // It has ended meanwhile.
    return undefined;
  }
}

function nameOf(argv: readonly string[]): string {
  const line = argv.join(" ");
  const program = /(?:services|infra)\/([a-z-]+)(?:\/[a-z-]+)?\.js|(gateway)\/main\.js/.exec(line);
  if (program) {
    return program[1] ?? program[2] ?? "node";
  }
  return /kafka/.test(line) ? "kafka" : /postgres/.test(line) ? "postgres" : (argv[0] ?? "?");
}
