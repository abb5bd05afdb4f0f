import { join } from "node:path";
import type { StartProcess } from "./crew.ts";
import { createDatabase, type Postgres, startPostgres } from "./postgres.ts";
import { type ServiceName, services } from "./services.ts";
import type { Supervised } from "./supervisor.ts";

/** A database for each service, on a PostgreSQL of our own or on that of DATABASE_URL. */
export async function openDatabases(options: {
  readonly dir: string;
  readonly log: string;
  readonly port: number;
  readonly given: NodeJS.ProcessEnv;
  watch(name: string, start: StartProcess): Supervised;
}): Promise<Record<ServiceName, string>> {
  const { dir, log, port, given, watch } = options;
  let adminUrl = given.DATABASE_URL;
  if (!adminUrl) {
    let postgres: Postgres | undefined;
    await watch("postgres", async (_, spawned) => {
      postgres = await startPostgres({ dir: join(dir, "postgres"), port, log, spawned });
      return postgres;
    }).start();
    adminUrl = postgres?.url ?? "";
  }
  const url = adminUrl;
  const urls = await Promise.all(
    services.map(async (name) => [name, await createDatabase(url, `tradepost_${name}`)] as const),
  );
  return Object.fromEntries(urls) as Record<ServiceName, string>;
}
