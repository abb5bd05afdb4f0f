import { randomBytes } from "node:crypto";
import { chown, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  type Account,
  commandUnder,
  type PostgresPrograms,
  postgresAccount,
  postgresPrograms,
} from "./postgres-binaries.ts";
import { startProcess } from "./server-process.ts";

export interface Cluster {
  readonly programs: PostgresPrograms;
  readonly account: Account | undefined;
  readonly data: string;
  /** The superuser's. */
  readonly password: string;
}

/** The data folder under `dir`, made when it is not there. */
export async function openCluster(dir: string, log: string): Promise<Cluster> {
  const [programs, account] = await Promise.all([postgresPrograms(), postgresAccount()]);
  const data = join(dir, "data");
  const passwordFile = join(dir, "password");
  const known = await readFile(passwordFile, "utf8").catch(() => "");
  if (known && (await readFile(join(data, "PG_VERSION"), "utf8").catch(() => ""))) {
    return { programs, account, data, password: known };
  }
  const password = randomBytes(18).toString("base64url");
  await rm(data, { recursive: true, force: true });
  await rm(passwordFile, { force: true });
  await writeFile(passwordFile, password, { mode: 0o600 });
  await initialise(programs, account, data, passwordFile, log);
  return { programs, account, data, password };
}

/** Under another name until it is complete: a start killed half-way leaves no half a cluster. */
async function initialise(
  { initdb }: PostgresPrograms,
  account: Account | undefined,
  data: string,
  passwordFile: string,
  log: string,
): Promise<void> {
  const draft = `${data}.new`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { mode: 0o700 });
  if (account) {
    await chown(draft, account.uid, account.gid);
    await chown(passwordFile, account.uid, account.gid);
  }
  const args = [
    `--pgdata=${draft}`,
    "--username=postgres",
    `--pwfile=${passwordFile}`,
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    "--no-locale",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--no-sync",
  ];
  const command = await commandUnder(account, initdb, args, draft);
  const { exited } = await startProcess({ ...command, log });
  const reason = await exited;
  if (reason !== "exit code 0") {
    throw new Error(`initdb failed (${reason}): see ${log}`);
  }
  await rename(draft, data);
}
