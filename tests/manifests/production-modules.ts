/** The packages that production has, by the lockfile: what `npm prune` leaves in the image. */
import { existsSync } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { root } from "../../infra/dev/root.ts";

interface Locked {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

/** Folders below the root, `without` what is served in another way. */
export async function productionModules(without: readonly string[]): Promise<readonly string[]> {
  const text = await readFile(join(root, "package-lock.json"), "utf8");
  const { packages } = JSON.parse(text) as { packages: Record<string, Locked> };
  const found = new Set<string>();
  const waiting = Object.keys(packages[""]?.dependencies ?? {})
    .filter((name) => !without.includes(name))
    .map((name) => `node_modules/${name}`);
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    const locked = packages[folder];
    // Binaries of other platforms are in the lockfile, but not here.
    if (!locked || found.has(folder) || !existsSync(join(root, folder))) {
      continue;
    }
    found.add(folder);
    for (const name of neededBy(locked)) {
      waiting.push(nearest(packages, folder, name));
    }
  }
  return [...found];
}

function neededBy({ peerDependenciesMeta = {}, ...locked }: Locked): readonly string[] {
  const peers = Object.keys(locked.peerDependencies ?? {});
  return [
    ...Object.keys(locked.dependencies ?? {}),
    ...Object.keys(locked.optionalDependencies ?? {}),
    ...peers.filter((name) => !peerDependenciesMeta[name]?.optional),
  ];
}

/** As node looks for it: in the package's own folder, then in those above. */
function nearest(packages: Record<string, Locked>, from: string, name: string): string {
  for (let at = from; at !== ""; at = at.slice(0, Math.max(0, at.lastIndexOf("/node_modules/")))) {
    if (packages[`${at}/node_modules/${name}`]) {
      return `${at}/node_modules/${name}`;
    }
  }
  return `node_modules/${name}`;
}

/** Bytes of the files below a folder that `isKept`; folders of other packages in it count for those. */
export async function bytesIn(
  folder: string,
  isKept: (file: string) => boolean = () => true,
): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      bytes += entry.name === "node_modules" ? 0 : await bytesIn(path, isKept);
    } else if (entry.isFile() && isKept(path)) {
      bytes += (await stat(path)).size;
    }
  }
  return bytes;
}
