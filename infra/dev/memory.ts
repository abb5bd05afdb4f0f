import { readdir, readFile } from "node:fs/promises";

/**
 * Proportional set size of a process and all below it, in bytes: memory that several processes
 * share counts once. Linux only; undefined elsewhere.
 */
export async function pssOfTree(pid: number): Promise<number | undefined> {
  if (process.platform !== "linux") {
    return undefined;
  }
  const names = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const parents = new Map<number, number>();
  await Promise.all(
    names.map(async (name) => {
      const stat = await readFile(`/proc/${name}/stat`, "utf8").catch(() => "");
      // proc(5): the parent is field 4; the name before it may hold spaces.
      const [, parent] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      parents.set(Number(name), Number(parent));
    }),
  );
  const tree = [pid];
  for (const member of tree) {
    tree.push(...[...parents].filter(([, parent]) => parent === member).map(([child]) => child));
  }
  const sizes = await Promise.all(tree.map(pssOf));
  return sizes.reduce((sum, size) => sum + size, 0);
}

async function pssOf(pid: number): Promise<number> {
  const rollup = await readFile(`/proc/${pid}/smaps_rollup`, "utf8").catch(() => "");
  return Number(/^Pss:\s+(\d+) kB/m.exec(rollup)?.[1] ?? 0) * 1_024;
}
