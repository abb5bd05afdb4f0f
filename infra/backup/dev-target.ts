// Where a backup is restored to: databases that the environment names, or the data folder of a dev
// mesh that never ran, whose PostgreSQL is started for this.
import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { type Claim, claim, InUse } from "../dev/claim.ts";
import { planPorts } from "../dev/port-plan.ts";
import { createDatabase, type Postgres, startPostgres } from "../dev/postgres.ts";
import { root } from "../dev/root.ts";
import { services } from "../dev/services.ts";
import { databasesNamed } from "../verify/dev-places.ts";
import type { DatabaseUrls } from "./connect.ts";
import { Refusal } from "./refusal.ts";
import type { Target } from "./restore.ts";

export async function openTarget(environment: NodeJS.ProcessEnv): Promise<Target> {
  const { DATABASE_URL: admin, KAFKA_BROKERS: brokers = "" } = environment;
  const named = databasesNamed(environment);
  if (services.every(named)) {
    const urls = services.map((service) => [service, named(service)]);
    const databaseUrls = Object.fromEntries(urls) as DatabaseUrls;
    return { databaseUrls, brokers, close: async () => {} };
  }
  if (admin) {
    return { databaseUrls: await createAll(admin), brokers, close: async () => {} };
  }
  return openFolder(environment.TRADEPOST_DIR || join(root, ".tradepost"), environment);
}

async function openFolder(dir: string, environment: NodeJS.ProcessEnv): Promise<Target> {
  const claimed = await claimFolder(dir);
  const own = join(dir, "postgres");
  let postgres: Postgres | undefined;
  async function close(isDone: boolean): Promise<void> {
    await postgres?.stop();
    if (!isDone) {
      await rm(own, { recursive: true, force: true });
    }
    await claimed.release();
  }
  const used = ["postgres/data", "kafka/data"].find((name) => existsSync(join(dir, name)));
  if (used) {
    await claimed.release();
    throw new Refusal(`${join(dir, used)} is there: restore into a mesh that never ran`);
  }
  try {
    const { postgres: port } = await planPorts("fixed", environment);
    postgres = await startPostgres({ dir: own, port });
    return { databaseUrls: await createAll(postgres.url), brokers: "", close };
  } catch (error) {
    await close(false);
    throw error;
  }
}

async function claimFolder(dir: string): Promise<Claim> {
  return claim(dir).catch((error: Error) => {
    throw error instanceof InUse ? new Refusal(`${error.message}: stop the mesh first`) : error;
  });
}

async function createAll(admin: string): Promise<DatabaseUrls> {
  const urls = await Promise.all(
    services.map(async (name) => [name, await createDatabase(admin, `tradepost_${name}`)] as const),
  );
  return Object.fromEntries(urls) as DatabaseUrls;
}
