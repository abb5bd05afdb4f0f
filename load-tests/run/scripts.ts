/** The scripts of load-tests/k6, and what some of them need. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "../../infra/dev/root.ts";

const folder = join(root, "load-tests/k6");

/** Of these, one must be able to kill instances, the other to choose how many there are. */
const ownMeshOnly: readonly string[] = ["failover", "scale"];

export interface Script {
  readonly name: string;
  /** Its first comment. */
  readonly about: string;
  /** Whether it runs only on a mesh that is started for it. */
  readonly needsOwnMesh: boolean;
  /** Whether how many clients it has, and for how long, is part of what it shows. */
  readonly hasOwnShape: boolean;
}

export async function scripts(): Promise<readonly Script[]> {
  const files = (await readdir(folder)).filter((name) => name.endsWith(".js")).sort();
  return Promise.all(
    files.map(async (file) => {
      const name = file.replace(/\.js$/, "");
      const text = await readFile(join(folder, file), "utf8");
      return {
        name,
        about: aboutOf(text),
        needsOwnMesh: ownMeshOnly.includes(name),
        hasOwnShape: !/\bsteady\(/.test(text),
      };
    }),
  );
}

function aboutOf(text: string): string {
  const lines = /^(?:\/\/ .*\n)+/.exec(text)?.[0] ?? "";
  return lines
    .replace(/^\/\/ /gm, "")
    .trim()
    .replaceAll("\n", " ");
}
