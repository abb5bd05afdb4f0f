// A copy of a running cluster's data folder by PostgreSQL's low-level backup API: the embedded
// package ships no pg_basebackup. The copy is of all databases at one place in the log.
import { chown, copyFile, mkdir, readdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";

/** What the copy makes anew, or must not have: of these only the folder, of the files nothing. */
const EMPTIED = new Set([
  "pg_dynshmem",
  "pg_notify",
  "pg_replslot",
  "pg_serial",
  "pg_snapshots",
  "pg_stat_tmp",
  "pg_subtrans",
  "pg_wal",
  "pgsql_tmp",
]);
const LEFT_OUT = new Set(["postmaster.pid", "postmaster.opts", "backup_label", "tablespace_map"]);

export interface BaseBackupOptions {
  /** The superuser's; of a server on this machine. */
  readonly url: string;
  /** A folder that is not there yet. */
  readonly to: string;
  /** Returns only when the log that the copy needs is archived. */
  readonly archived: boolean;
}

export async function baseBackup({ url, to, archived }: BaseBackupOptions): Promise<void> {
  const client = new pg.Client({ connectionString: url, application_name: "base-backup" });
  await client.connect();
  try {
    const { rows } = await client.query("select current_setting('data_directory') as data");
    // One session begins and ends it. The checkpoint is at once, not spread.
    await client.query("select pg_backup_start('tradepost', true)");
    await copyFolder(rows[0].data, to);
    const stopped = await client.query<{ labelfile: string }>(
      "select labelfile from pg_backup_stop($1)",
      [archived],
    );
    await mkdir(join(to, "pg_wal", "archive_status"), { recursive: true, mode: 0o700 });
    const label = join(to, "backup_label");
    await writeFile(label, stopped.rows[0]?.labelfile ?? "", { mode: 0o600 });
    await own(to, [join(to, "pg_wal", "archive_status"), label]);
  } finally {
    await client.end();
  }
}

/** Files may come, go and change while this runs: that is what the log is replayed for. */
async function copyFolder(from: string, to: string): Promise<void> {
  const { mode, uid, gid } = await stat(from);
  await mkdir(to, { recursive: true, mode });
  await chown(to, uid, gid);
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) {
      const copy = EMPTIED.has(entry.name) ? emptied : copyFolder;
      await copy(source, target).catch(ignoreMissing);
    } else if (entry.isFile() && !LEFT_OUT.has(entry.name)) {
      await copyFile(source, target).then(() => chown(target, uid, gid), ignoreMissing);
    }
  }
}

async function emptied(source: string, target: string): Promise<void> {
  const { mode, uid, gid } = await stat(source);
  await mkdir(target, { mode });
  await chown(target, uid, gid);
}

/** Under root the files are another account's. */
async function own(folder: string, files: readonly string[]): Promise<void> {
  const { uid, gid } = await stat(folder);
  await Promise.all(files.map((file) => chown(file, uid, gid)));
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== "ENOENT") {
    throw error;
  }
}
