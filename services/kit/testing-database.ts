import { randomUUID } from "node:crypto";
import pg from "pg";
import { type Db, openDatabase } from "./db.ts";
import { migrate } from "./migrate.ts";
import { testPostgres } from "./testing-harness.ts";

export interface TestDatabase {
  readonly db: Db;
  readonly url: string;
  /** Ends the pool and every connection to it, and deletes it. */
  drop(): Promise<void>;
}

/**
 * An empty database with all migrations of `service` applied, as a copy of a
 * template that the run's first caller makes. "kit" has the kit's tables alone.
 */
export async function testDatabase(service: string): Promise<TestDatabase> {
  const server = await testPostgres();
  const template = `template_${service}`;
  const name = `test_${service}_${randomUUID().slice(0, 8)}`;
  await asAdmin(server, async (admin) => {
    await makeTemplate(admin, server, service, template);
    await admin.query(`create database "${name}" template "${template}"`);
  });
  const url = databaseUrl(server, name);
  const db = openDatabase({ url, name: `test-${service}`, allowExitOnIdle: true });
  return {
    db,
    url,
    async drop() {
      await db.end();
      await asAdmin(server, (admin) => admin.query(`drop database "${name}" with (force)`));
    },
  };
}

/** Test files in several processes may want it at once: the lock lets one make it. */
async function makeTemplate(
  admin: pg.Client,
  server: string,
  service: string,
  template: string,
): Promise<void> {
  await admin.query("select pg_advisory_lock(hashtext($1))", [template]);
  try {
    const { rowCount } = await admin.query("select from pg_database where datname = $1", [
      template,
    ]);
    if (rowCount === 0) {
      const draft = `${template}_draft`;
      await admin.query(`drop database if exists "${draft}" with (force)`);
      await admin.query(`create database "${draft}"`);
      await migrate(databaseUrl(server, draft), service);
      await admin.query(`alter database "${draft}" rename to "${template}"`);
    }
  } finally {
    await admin.query("select pg_advisory_unlock(hashtext($1))", [template]);
  }
}

async function asAdmin<T>(server: string, work: (admin: pg.Client) => Promise<T>): Promise<T> {
  const admin = new pg.Client({ connectionString: server });
  admin.on("error", () => {
    // The statement that was running gets it.
  });
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.end();
  }
}

function databaseUrl(server: string, name: string): string {
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
}
