import { readFile } from "node:fs/promises";
import { pssOfTree } from "../dev/memory.ts";
import type { Mesh } from "../dev/mesh.ts";

/**
 * What each process of a mesh has in memory, in MB: its resident set, and for PostgreSQL, which is
 * many processes that share one cache, the proportional set of all of them. Linux only.
 */
export async function residentMb({ processes }: Mesh): Promise<Record<string, number>> {
  const sizes = await Promise.all(
    Object.values(processes).map(async ({ name, pid }) => {
      const bytes = pid === undefined ? 0 : await sizeOf(name, pid);
      return [name, bytes / 1e6] as const;
    }),
  );
  return Object.fromEntries(sizes);
}

async function sizeOf(name: string, pid: number): Promise<number> {
  if (name === "postgres") {
    return (await pssOfTree(pid)) ?? 0;
  }
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1_024;
}
