// All databases of a mesh that is at work, as of one instant, into one file.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type pg from "pg";
import { root } from "../dev/root.ts";
import { services } from "../dev/services.ts";
import { type DatabaseUrls, type Each, forEach, withConnections } from "./connect.ts";
import { copyOut, rowsIn } from "./copy.ts";
import { writeBackup } from "./file.ts";
import { whileNobodyWrites } from "./gate.ts";
import { columnList, type Layout, namesOf, readLayout, readSequences } from "./layout.ts";
import { Refusal } from "./refusal.ts";
import { type DatabaseManifest, type Manifest, manifestSection, tableSection } from "./sections.ts";

export interface BackupOptions {
  readonly databaseUrls: DatabaseUrls;
  readonly file: string;
  /** Absent: anybody who has the file can read it. */
  readonly key?: Buffer | undefined;
  /** Hears of each table that is done. */
  readonly onTable?: (table: string, rows: number) => void;
}

export interface BackedUp {
  readonly bytes: number;
  readonly manifest: Manifest;
}

export function backUp(options: BackupOptions): Promise<BackedUp> {
  const { databaseUrls, file, key } = options;
  return withConnections(databaseUrls, "tradepost-backup", async (clients) => {
    const before = await forEach((service) => readLayout(clients[service]));
    for (const service of services) {
      if (before[service].tables.length === 0) {
        throw new Refusal(`the database of ${service} is empty: there is nothing to back up`);
      }
    }
    const held = await whileNobodyWrites(databaseUrls, before, async () => {
      await forEach((service) => takeSnapshot(clients[service], before[service]));
      return new Date().toISOString();
    });
    const layouts = await forEach((service) => readLayout(clients[service]));
    if (JSON.stringify(layouts) !== JSON.stringify(before)) {
      throw new Refusal("the databases are being migrated: try again when that is done");
    }
    let manifest: Manifest | undefined;
    async function* sections(): AsyncGenerator<Buffer> {
      const databases: Record<string, DatabaseManifest> = {};
      for (const service of services) {
        const rows: Record<string, number> = {};
        yield* tablesOf(clients, service, layouts[service], (table, count) => {
          rows[table] = count;
          options.onTable?.(`${service} ${table}`, count);
        });
        const { migrations, jobs } = layouts[service];
        const sequences = await readSequences(clients[service]);
        const postgres = await versionOf(clients[service]);
        databases[service] = { postgres, migrations, jobs, sequences, rows };
      }
      const made = { time: held.value, version: release(), heldMs: held.ms, databases };
      manifest = made as Manifest;
      yield manifestSection(manifest);
    }
    const bytes = await writeBackup(file, key, sections());
    return { bytes, manifest: manifest as unknown as Manifest };
  });
}

/** Its tables keep their columns until the transaction ends. */
async function takeSnapshot(client: pg.Client, { tables }: Layout): Promise<void> {
  await client.query("begin transaction isolation level repeatable read read only");
  await client.query(`lock table ${namesOf(tables)} in access share mode`);
  // The first statement that reads fixes what all others see.
  await client.query("select pg_current_snapshot()");
}

async function* tablesOf(
  clients: Each<pg.Client>,
  database: (typeof services)[number],
  { tables }: Layout,
  counted: (table: string, rows: number) => void,
): AsyncGenerator<Buffer> {
  const client = clients[database];
  for (const { name: table, columns } of tables) {
    const statement = `copy ${table} (${columnList({ columns })}) to stdout`;
    let rows = 0;
    async function* counting(): AsyncGenerator<Buffer> {
      for await (const some of copyOut(client, statement)) {
        rows += rowsIn(some);
        yield some;
      }
    }
    yield* tableSection({ database, table, columns }, counting());
    counted(table, rows);
  }
}

async function versionOf(client: pg.Client): Promise<string> {
  const { rows } = await client.query("select current_setting('server_version') as version");
  return rows[0].version;
}

function release(): string {
  return JSON.parse(readFileSync(join(root, "package.json"), "utf8")).version;
}
