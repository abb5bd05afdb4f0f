/** A PostgreSQL whose log is archived, and one that is brought back from the archive. */
import { execFile } from "node:child_process";
import { appendFile, chown, copyFile, mkdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { type Postgres, startPostgres } from "../../infra/dev/postgres.ts";
import { postgresAccount } from "../../infra/dev/postgres-binaries.ts";
import { eventually } from "../e2e/rest.ts";
import { rowsAt } from "../e2e/rows.ts";

const run = promisify(execFile);

/** After so many seconds a segment is archived that is not full: what may be lost at most. */
const ARCHIVE_TIMEOUT = "5s";

export async function startArchiving(dir: string, archive: string): Promise<Postgres> {
  await mkdir(archive);
  const account = await postgresAccount();
  if (account) {
    await chown(archive, account.uid, account.gid);
  }
  return startPostgres({
    dir,
    settings: {
      archive_mode: "on",
      archive_timeout: ARCHIVE_TIMEOUT,
      // As PostgreSQL's manual has it: what is archived is never written over.
      archive_command: `test ! -f "${archive}/%f" && cp "%p" "${archive}/%f"`,
    },
  });
}

/** Until the archive has all that was written by now. */
export async function untilArchived({ url }: Postgres): Promise<void> {
  const [now] = await rowsAt<{ file: string }>(
    url,
    "select pg_walfile_name(pg_current_wal_lsn()) as file",
  );
  const last = "select last_archived_wal as wal from pg_stat_archiver";
  await eventually(
    async () => (await rowsAt<{ wal: string }>(url, last))[0]?.wal,
    (archived) => String(archived) >= String(now?.file),
    60_000,
  );
}

/** When the archive's last segment was closed, or a moment later. */
export async function archivedAt({ url }: Postgres): Promise<Date> {
  const sql = "select last_archived_time as time from pg_stat_archiver";
  return (await rowsAt<{ time: Date }>(url, sql))[0]?.time as Date;
}

export interface Recovery {
  /** A base backup; it is copied. */
  readonly base: string;
  readonly archive: string;
  /** The superuser's password file of the server that was. */
  readonly password: string;
  /** Nothing that was committed later is in it. */
  readonly until: Date;
  readonly dir: string;
}

/** Ready when the log is replayed up to then, and writes are taken again. */
export async function recover({
  base,
  archive,
  password,
  until,
  dir,
}: Recovery): Promise<Postgres> {
  const data = join(dir, "data");
  await mkdir(dir);
  await run("cp", ["-a", base, data]);
  await copyFile(password, join(dir, "password"));
  const signal = join(data, "recovery.signal");
  await writeFile(signal, "");
  const { uid, gid } = await stat(data);
  await chown(signal, uid, gid);
  // Before the server knows of time zones it reads no "Z".
  const time = until.toISOString().replace("Z", "+00");
  const settings = [
    `restore_command = 'cp "${archive}/%f" "%p"'`,
    `recovery_target_time = '${time}'`,
    "recovery_target_action = 'promote'",
  ];
  await appendFile(join(data, "postgresql.auto.conf"), `${settings.join("\n")}\n`);
  const server = await startPostgres({ dir });
  const replaying = "select pg_is_in_recovery() as still";
  await eventually(
    async () => (await rowsAt<{ still: boolean }>(server.url, replaying))[0]?.still,
    (still) => still === false,
    120_000,
  );
  return server;
}

/** The first full second after now, once it is over. */
export async function aSecond({ url }: Postgres): Promise<Date> {
  const next = "select date_trunc('second', clock_timestamp()) + interval '1 second' as second";
  const second = (await rowsAt<{ second: Date }>(url, next))[0]?.second as Date;
  await eventually(
    async () =>
      (await rowsAt<{ now: Date }>(url, "select clock_timestamp() as now"))[0]?.now as Date,
    (now) => now > second,
  );
  return second;
}
