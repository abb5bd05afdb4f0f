import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { runner } from "node-pg-migrate";
import pg from "pg";

/**
 * Brings a service's database up to date: the kit's tables, then its own. Two
 * starters at once are safe: node-pg-migrate's advisory lock makes the second wait. `counts` is for
 * who wants an empty database as it was in the past: of each folder only so many. `schema` is for who
 * wants the tables a second time.
 */
export async function migrate(
  url: string,
  service: string,
  counts: Readonly<Record<string, number>> = {},
  schema = "public",
): Promise<void> {
  // Without the pool's time-outs: a migration may wait for the other starter.
  const client = new pg.Client({ connectionString: url, application_name: `${service}-migrate` });
  client.on("error", () => {
    // The statement that was running gets it.
  });
  await client.connect();
  try {
    for (const folder of new Set(["kit", service])) {
      await apply(client, folder, schema, counts[folder]);
    }
  } finally {
    await client.end();
  }
}

async function apply(
  client: pg.Client,
  folder: string,
  schema: string,
  count = Number.POSITIVE_INFINITY,
): Promise<void> {
  const dir = migrationsOf(folder);
  if (!existsSync(dir)) {
    return;
  }
  const words: string[] = [];
  const keep = (word: string) => void words.push(word);
  try {
    await runner({
      dbClient: client,
      dir,
      ignorePattern: String.raw`(?!.*\.sql$).*`,
      schema,
      createSchema: schema !== "public",
      migrationsTable: `${folder}_migrations`,
      direction: "up",
      count,
      advisoryLockMode: "wait",
      logger: { debug: keep, info: keep, warn: keep, error: keep },
    });
  } catch (error) {
    throw new Error(`migrating ${folder}: ${words.join("\n")}`, { cause: error });
  }
}

export function migrationsOf(service: string): string {
  return join(packageRoot(), "services", service, "migrations");
}

/** From the source or from dist/, which holds no .sql: up to the folder of package.json. */
function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "package.json"))) {
    const parent = dirname(folder);
    if (parent === folder) {
      throw new Error("no package.json above the kit");
    }
    folder = parent;
  }
  return folder;
}
