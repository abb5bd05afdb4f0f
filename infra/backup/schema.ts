// The schema is not in the file: it is what the migrations make, and a restored database is
// migrated to exactly where the one was that the rows come from. A service's start does the rest.
import { existsSync, readdirSync } from "node:fs";
import { Logger, runMigrations } from "graphile-worker";
import { migrate, migrationsOf } from "#kit/migrate.ts";
import { type ServiceName, services } from "../dev/services.ts";
import { Refusal } from "./refusal.ts";
import type { DatabaseManifest, Manifest } from "./sections.ts";

/** Throws when the backup is of a schema that this release does not know. */
export function checkSchemas({ databases, version }: Manifest): void {
  for (const service of services) {
    for (const [folder, applied] of Object.entries(databases[service].migrations)) {
      const known = knownIn(folder);
      const strange = applied.find((name, at) => known[at] !== name);
      if (strange) {
        throw new Refusal(
          `the backup was made by release ${version}, and this one has no migration ` +
            `${folder}/${strange}: restore it with that release`,
        );
      }
    }
  }
}

function knownIn(folder: string): string[] {
  const dir = migrationsOf(folder);
  const files = existsSync(dir) ? readdirSync(dir) : [];
  return files
    .filter((file) => file.endsWith(".sql"))
    .map((file) => file.slice(0, -".sql".length))
    .sort();
}

export async function makeSchema(
  url: string,
  service: ServiceName,
  { migrations, jobs }: DatabaseManifest,
): Promise<void> {
  const counts = Object.entries(migrations).map(([folder, { length }]) => [folder, length]);
  await migrate(url, service, Object.fromEntries(counts));
  if (jobs) {
    const logger = new Logger(() => () => {
      // What goes wrong is thrown.
    });
    await runMigrations({ connectionString: url, maxPoolSize: 1, logger });
  }
}
