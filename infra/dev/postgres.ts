import { createHmac } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { claim } from "./claim.ts";
import { freePort } from "./ports.ts";
import { commandUnder } from "./postgres-binaries.ts";
import { type Cluster, openCluster } from "./postgres-cluster.ts";
import { type ServerProcess, startProcess } from "./server-process.ts";

export interface Postgres extends ServerProcess {
  /** The superuser's. */
  readonly url: string;
  readonly port: number;
}

export interface PostgresOptions {
  /** Holds the data, the password and the log; kept between runs. */
  readonly dir: string;
  /** Absent or 0: a free one. */
  readonly port?: number;
  /** File for the server's output. */
  readonly log?: string;
  /** Besides those that each has, or in their place. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Hears the pid as soon as there is one. */
  readonly spawned?: (pid: number) => Promise<void>;
}

const SETTINGS = {
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  max_connections: "200",
  fsync: "on",
  shared_buffers: "128MB",
  jit: "off",
  // A fresh database grows from nothing to thousands of rows in its first minute; plans made for
  // empty tables must not outlive that.
  autovacuum_naptime: "5s",
};

const READY: ReadonlySet<string> = new Set(["ready", "standby"]);

/** How long the backends of a killed server may hold its shared memory. */
const TAKE_OVER_MS = 10_000;

/** A real PostgreSQL on 127.0.0.1, ready for connections. One for each folder at a time. */
export async function startPostgres(options: PostgresOptions): Promise<Postgres> {
  const { dir, log = join(options.dir, "postgres.log") } = options;
  const claimed = await claim(dir);
  try {
    const cluster = await openCluster(dir, log);
    const port = options.port || (await freePort());
    const settings = { ...SETTINGS, ...options.settings };
    const server = await startServer(cluster, { port, log, settings }, async (pid) => {
      await claimed.child("server", pid);
      await options.spawned?.(pid);
    });
    const released = server.exited.then(() => claimed.release());
    return {
      pid: server.pid,
      exited: server.exited,
      kill: server.kill,
      signal: server.signal,
      port,
      url: `postgres://postgres:${cluster.password}@127.0.0.1:${port}/postgres`,
      async stop() {
        await server.stop();
        await released;
      },
    };
  } catch (error) {
    await claimed.release();
    throw error;
  }
}

/**
 * A database that belongs to a role of the same name, and that nobody else may enter. Made when it
 * is not there. The role's password follows from the administrator's, so that it need not be kept.
 */
export async function createDatabase(adminUrl: string, name: string): Promise<string> {
  const url = databaseUrl(adminUrl, name);
  const { password } = new URL(url);
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    const id = client.escapeIdentifier(name);
    const secret = client.escapeLiteral(password);
    const has = async (query: string) => (await client.query(query, [name])).rowCount !== 0;
    const known = await has("select 1 from pg_roles where rolname = $1");
    await client.query(`${known ? "alter" : "create"} role ${id} login password ${secret}`);
    if (!(await has("select 1 from pg_database where datname = $1"))) {
      await client.query(`grant ${id} to current_user`);
      await client.query(`create database ${id} owner ${id}`);
    }
    await client.query(`revoke connect, temporary on database ${id} from public`);
  } finally {
    await client.end();
  }
  return url;
}

/** Where `createDatabase` made it. */
export function databaseUrl(adminUrl: string, name: string): string {
  const url = new URL(adminUrl);
  const secret = createHmac("sha256", decodeURIComponent(url.password)).update(name);
  url.username = encodeURIComponent(name);
  url.password = secret.digest("base64url");
  url.pathname = `/${encodeURIComponent(name)}`;
  return url.href;
}

async function startServer(
  { programs, account, data }: Cluster,
  { port, log, settings }: Required<Pick<PostgresOptions, "port" | "log" | "settings">>,
  spawned: (pid: number) => Promise<void>,
): Promise<ServerProcess> {
  const given = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const args = ["-D", data, "-p", String(port), ...given];
  const command = await commandUnder(account, programs.postgres, args, data);
  const giveUpAt = Date.now() + TAKE_OVER_MS;
  for (;;) {
    await adopt(join(data, "postmaster.pid"));
    const server = await startProcess({
      ...command,
      log,
      env: { ...process.env, LC_ALL: "C" },
      // "Fast shutdown": it does not wait for clients to leave.
      stopSignal: "SIGINT",
    });
    await spawned(server.pid);
    const reason = await Promise.race([server.exited, ready(data, server)]);
    if (reason === undefined) {
      return server;
    }
    if (Date.now() > giveUpAt) {
      throw new Error(`PostgreSQL did not start (${reason}): see ${log}`);
    }
    await sleep(100);
  }
}

/**
 * After a kill -9, postmaster.pid names a pid that may be another program's by now, and PostgreSQL
 * would refuse to start. The claim has shown that no server runs here. PostgreSQL accepts the pid
 * of its own parent; the file's other lines stay, by which it sees backends that still live.
 */
async function adopt(pidFile: string): Promise<void> {
  const lines = (await readFile(pidFile, "utf8").catch(() => "")).split("\n");
  if (lines.length > 1) {
    await writeFile(pidFile, [process.pid, ...lines.slice(1)].join("\n"));
  }
}

/**
 * PostgreSQL says so in the eighth line of postmaster.pid: `ready`, or `standby` where it replays
 * another's log and may be read meanwhile.
 */
async function ready(data: string, server: ServerProcess): Promise<undefined> {
  let over = false;
  void server.exited.then(() => {
    over = true;
  });
  while (!over) {
    const text = await readFile(join(data, "postmaster.pid"), "utf8").catch(() => "");
    const lines = text.split("\n");
    if (Number(lines[0]) === server.pid && READY.has(lines[7]?.trim() ?? "")) {
      return;
    }
    await sleep(20);
  }
}
