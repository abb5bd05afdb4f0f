import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

/** The repository's folder, whether this runs from the source or from dist/. */
export const root: string = findRoot(import.meta.dirname);

function findRoot(from: string): string {
  if (existsSync(join(from, "package.json"))) {
    return from;
  }
  const parent = dirname(from);
  if (parent === from) {
    throw new Error(`no package.json above ${import.meta.dirname}`);
  }
  return findRoot(parent);
}
