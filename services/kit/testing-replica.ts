// For tests only: a PostgreSQL of its own with a streaming replica.
import { appendFile, chmod, chown, copyFile, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { baseBackup } from "../../infra/dev/base-backup.ts";
import { type Postgres, startPostgres } from "../../infra/dev/postgres.ts";

export interface Replicated {
  readonly primary: Postgres;
  readonly replica: Postgres;
  /** After it was stopped: on its port, with its data. */
  startReplica(): Promise<void>;
  stop(): Promise<void>;
}

export async function startReplicated(): Promise<Replicated> {
  const dir = await mkdtemp(join(tmpdir(), "tradepost-replica-"));
  // Under root, PostgreSQL runs as somebody else and must get to its data.
  await chmod(dir, 0o755);
  const primary = await startPostgres({ dir: join(dir, "primary") });
  const own = join(dir, "replica");
  const data = join(own, "data");
  await baseBackup({ url: primary.url, to: data, archived: false });
  await copyFile(join(dir, "primary", "password"), join(own, "password"));
  await writeFile(join(data, "standby.signal"), "");
  const { uid, gid } = await stat(data);
  const { port, username, password } = new URL(primary.url);
  const address = `host=127.0.0.1 port=${port} user=${username} password=${password}`;
  await appendFile(join(data, "postgresql.auto.conf"), `primary_conninfo = '${address}'\n`);
  await chown(join(data, "standby.signal"), uid, gid);
  let replica = await startPostgres({ dir: own });
  return {
    primary,
    get replica() {
      return replica;
    },
    async startReplica() {
      replica = await startPostgres({ dir: own, port: replica.port });
    },
    async stop() {
      await Promise.all([replica.stop(), primary.stop()]);
      await rm(dir, { recursive: true, force: true });
    },
  };
}
