import pg from "pg";
import { columnTypes } from "./db.ts";

/** A connection of its own on which one process of a service may lead. */
export interface Session {
  /** A connection that answers still holds what it locked. */
  readonly client: pg.Client;
  /** Whether this process leads, now that it has asked. */
  lead(): Promise<boolean>;
  close(): Promise<void>;
}

export interface SessionOptions {
  readonly url: string;
  readonly name: string;
  /** Each leader's lock has a name; per database. */
  readonly lock: string;
  /** A leader hears NOTIFY on the channel of the lock's name. */
  readonly onNotify: () => void;
}

const HEARTBEAT_MS = 1_000;

/**
 * The server ends a session that says nothing for 5 s, so that a leader which
 * was paused or cut off loses its lock and another one takes over.
 */
export async function openSession({ url, name, lock, onNotify }: SessionOptions): Promise<Session> {
  const client = new pg.Client({
    connectionString: url,
    application_name: name,
    types: columnTypes(),
    options: "-c idle_session_timeout=5s",
    connectionTimeoutMillis: 2_000,
    lock_timeout: 1_500,
    statement_timeout: 5_000,
    query_timeout: 7_000,
    keepAlive: true,
  });
  client.on("error", () => {
    // The next statement says so.
  });
  client.on("notification", onNotify);
  await client.connect();

  const heartbeat = setInterval(() => {
    client.query("select 1").catch(() => clearInterval(heartbeat));
  }, HEARTBEAT_MS).unref();
  let leads = false;
  return {
    client,
    async lead() {
      if (!leads) {
        const { rows } = await client.query<{ got: boolean }>(
          "select pg_try_advisory_lock(hashtext($1)) as got",
          [lock],
        );
        leads = rows[0]?.got === true;
        if (leads) {
          await client.query(`listen ${pg.escapeIdentifier(lock)}`);
        }
      }
      return leads;
    },
    async close() {
      clearInterval(heartbeat);
      await client.end().catch(() => {});
    },
  };
}
