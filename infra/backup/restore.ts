// A backup into databases in which nothing is.
import type pg from "pg";
import { type ServiceName, services } from "../dev/services.ts";
import { type DatabaseUrls, type Each, forEach, withConnections } from "./connect.ts";
import { copyIn } from "./copy.ts";
import { type BackupFile, openBackup } from "./file.ts";
import { refuseUsedKafka } from "./kafka.ts";
import { columnList, readLayout } from "./layout.ts";
import { Refusal } from "./refusal.ts";
import { rejoin } from "./rejoin.ts";
import { checkSchemas, makeSchema } from "./schema.ts";
import type { Manifest } from "./sections.ts";
import { refuseServicesAtWork, refuseUsedDatabases } from "./target.ts";

export interface RestoreOptions {
  readonly file: string;
  readonly key?: Buffer | undefined;
  /** Hears of each table that is done. */
  readonly onTable?: (table: string, rows: number) => void;
}

export interface Target {
  readonly databaseUrls: DatabaseUrls;
  /** Empty: it is not known yet, or there is none. */
  readonly brokers: string;
  /** `isDone`: false had better leave no half of a mesh. */
  close(isDone: boolean): Promise<void>;
}

export interface Restored {
  readonly manifest: Manifest;
  /** Events that the outboxes will send again. */
  readonly events: number;
}

/** Reads the whole file and changes nothing: throws unless it can be restored by this release. */
export async function checkBackup(options: RestoreOptions): Promise<Manifest> {
  return withFile(options, checked);
}

export function restore(
  options: RestoreOptions,
  openTarget: () => Promise<Target>,
): Promise<Restored> {
  return withFile(options, async (file) => {
    const manifest = await checked(file);
    const target = await openTarget();
    let isDone = false;
    try {
      const events = await fill(target, file, manifest, options);
      isDone = true;
      return { manifest, events };
    } finally {
      await target.close(isDone);
    }
  });
}

async function fill(
  { databaseUrls, brokers }: Target,
  file: BackupFile,
  manifest: Manifest,
  options: RestoreOptions,
): Promise<number> {
  if (brokers !== "") {
    await refuseUsedKafka(brokers);
  }
  return withConnections(databaseUrls, "tradepost-restore", async (clients) => {
    await refuseServicesAtWork(clients);
    await refuseUsedDatabases(clients);
    try {
      await forEach((service) =>
        makeSchema(databaseUrls[service], service, manifest.databases[service]),
      );
      const events = await load(file, manifest, clients, options);
      await forEach((service) => clients[service].query("analyze"));
      return events;
    } catch (error) {
      const what = (error as Error).message;
      throw new Refusal(`${what}; before another try the databases must be created anew`, {
        cause: error,
      });
    }
  });
}

async function withFile<T>({ file, key }: RestoreOptions, work: (file: BackupFile) => Promise<T>) {
  const opened = await openBackup(file, key);
  return work(opened).finally(() => opened.close());
}

async function checked(file: BackupFile): Promise<Manifest> {
  const manifest = await file.check();
  checkSchemas(manifest);
  return manifest;
}

/** One transaction each, and none ends before all are complete. */
async function load(
  file: BackupFile,
  { databases }: Manifest,
  clients: Each<pg.Client>,
  { onTable }: RestoreOptions,
): Promise<number> {
  const tablesOf = (service: ServiceName) => Object.keys(databases[service].rows);
  await forEach(async (service) => {
    const client = clients[service];
    const { tables } = await readLayout(client);
    const strange = tablesOf(service).find((name) => !tables.some((table) => table.name === name));
    if (strange) {
      throw new Refusal(`the file has rows for ${service} ${strange}, and there is no such table`);
    }
    await client.query("begin");
    await triggers(client, tablesOf(service), "disable");
    // Some rows are the migrations'.
    await client.query(`truncate ${tablesOf(service).join(", ")}`);
  });
  await file.read(async ({ database, table, columns }, rows) => {
    const statement = `copy ${table} (${columnList({ columns })}) from stdin`;
    const count = await copyIn(clients[database], statement, rows);
    if (count !== databases[database].rows[table]) {
      throw new Refusal(`of ${database} ${table} only ${count} rows went in`);
    }
    onTable?.(`${database} ${table}`, count);
  });
  const events = await forEach(async (service) => {
    const client = clients[service];
    for (const [sequence, last] of Object.entries(databases[service].sequences)) {
      if (last !== null) {
        await client.query("select setval($1::regclass, $2)", [sequence, last]);
      }
    }
    const count = await rejoin(client);
    await triggers(client, tablesOf(service), "enable");
    return count;
  });
  for (const service of services) {
    await clients[service].query("commit");
  }
  return services.reduce((sum, service) => sum + events[service], 0);
}

/**
 * Rows come as they were: no trigger of ours chains, refuses or tells anything about them. Foreign
 * keys are checked all the same.
 */
async function triggers(
  client: pg.Client,
  tables: readonly string[],
  change: "enable" | "disable",
): Promise<void> {
  for (const table of tables) {
    await client.query(`alter table ${table} ${change} trigger user`);
  }
}
