import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../dev/root.ts";
import { fileOf, filesOf, type Release } from "./last-release.ts";

/** One file of SQL. */
export interface Migration {
  /** `order`, or `kit` for what every service's database has. */
  readonly folder: string;
  readonly path: string;
  readonly sql: string;
}

/** All that are in the tree. */
function migrations(): readonly Migration[] {
  const folders = readdirSync(join(root, "services"));
  return folders.flatMap((folder) =>
    namesIn(folder).map((name) => {
      const path = `services/${folder}/migrations/${name}`;
      return { folder, path, sql: readFileSync(join(root, path), "utf8") };
    }),
  );
}

/** Those that a database of the release does not have yet. */
export function migrationsSince(release: Release): readonly Migration[] {
  const known = new Set(filesOf(release, "services"));
  return migrations().filter(({ path }) => !known.has(path));
}

/** Those that a database of the release has, and that say something else now. */
export function changedSince(release: Release): readonly Migration[] {
  return migrations().filter(({ path, sql }) => (fileOf(release, path) ?? sql) !== sql);
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(join(root, "services", folder, "migrations")).filter((name) =>
      name.endsWith(".sql"),
    );
  } catch {
    return [];
  }
}
