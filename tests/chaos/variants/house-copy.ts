import { cp, mkdir, readdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { root } from "../../../infra/dev/root.ts";

/**
 * A copy of all that the built mesh is run from, to be changed: what is shipped contains neither
 * mutants nor crash points. The copy's `dist/` runs as the repository's does.
 */
export async function copyHouse(into: string): Promise<void> {
  await mkdir(into, { recursive: true });
  await cp(join(root, "package.json"), join(into, "package.json"));
  await cp(join(root, "dist"), join(into, "dist"), { recursive: true });
  await cp(join(root, "infra/kafka"), join(into, "infra/kafka"), { recursive: true });
  for (const service of await readdir(join(root, "services"))) {
    const migrations = join("services", service, "migrations");
    await cp(join(root, migrations), join(into, migrations), { recursive: true }).catch(
      ignoreMissing,
    );
  }
  await symlink(join(root, "node_modules"), join(into, "node_modules"));
}

/** A service without a database has no migrations. */
function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== "ENOENT") {
    throw error;
  }
}
