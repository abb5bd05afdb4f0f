import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import { asFault, isBroken, isConflict } from "./db-errors.ts";
import { Fault } from "./errors.ts";

export type Db = pg.Pool;

/** A connection inside an open transaction; store functions that write ask for this. */
export type Tx = pg.PoolClient & { readonly [transaction]: true };
declare const transaction: unique symbol;

export interface DatabaseOptions {
  readonly url: string;
  /** Shown in pg_stat_activity. */
  readonly name: string;
  /** Connections; the sum over all replicas must stay below PostgreSQL's max_connections. */
  readonly max?: number;
  /** How long a statement may take, in milliseconds; absent: less than any call waits for it. */
  readonly statementMs?: number;
  /** Where unqualified names are; absent: where the server says. */
  readonly schema?: string;
  /** Lets a process end while connections are idle; for tests. */
  readonly allowExitOnIdle?: boolean;
}

/**
 * Our statements take arrays, whose length the planner guesses either way, so planning anew for
 * each call only costs. Three of an order's eight were: as long as running them, or longer, for two
 * (pg_stat_statements, 8 clients). Disks seek for nothing today.
 */
const PLANNING = "-c plan_cache_mode=force_generic_plan -c random_page_cost=1.1";

/** Beyond this many callers waiting for a connection, the next is turned away. */
const MAX_WAITING = 500;
const CONFLICT_RETRIES = 5;
const STATEMENT_MS = 2_500;

/**
 * Opens a pool; connects when first used. Whatever means that the database
 * cannot be reached is thrown as Fault DEPENDENCY_DOWN.
 */
export function openDatabase(options: DatabaseOptions): Db {
  const statementMs = options.statementMs ?? STATEMENT_MS;
  const pool = new pg.Pool({
    connectionString: options.url,
    application_name: options.name,
    max: options.max ?? 6,
    allowExitOnIdle: options.allowExitOnIdle ?? false,
    types: columnTypes(),
    options: options.schema ? `${PLANNING} -c search_path=${options.schema}` : PLANNING,
    // Each below the deadline of the call that waits (3 s at the gateway).
    connectionTimeoutMillis: 2_000,
    lock_timeout: 1_500,
    statement_timeout: statementMs,
    // Only fires when the server is too far gone to keep its own time-out.
    query_timeout: statementMs + 1_500,
    idle_in_transaction_session_timeout: statementMs * 2,
    idleTimeoutMillis: 60_000,
    maxLifetimeSeconds: 1_800,
    keepAlive: true,
  });
  // Without a listener an idle connection that breaks ends the process
  // (node-postgres#1324), and so does one that is checked out (#3083).
  pool.on("error", ignore);
  pool.on("connect", (client) => client.on("error", ignore));
  return withFaults(pool);
}

/** Runs `work` in one transaction: commits what it returns, rolls back if it throws. */
export async function inTransaction<T>(
  db: Db,
  work: (tx: Tx) => Promise<T>,
  { retries = CONFLICT_RETRIES }: { readonly retries?: number } = {},
): Promise<T> {
  for (let retry = 0; ; retry++) {
    try {
      return await once(db, work);
    } catch (error) {
      if (!isConflict(error) || retry >= retries) {
        throw asFault(error);
      }
      await delay(Math.random() * 10 * 2 ** retry);
    }
  }
}

/** Every statement of this process, by its name: what a benchmark or an operator asks PostgreSQL. */
export const statements = new Map<string, string>();

/** A statement that PostgreSQL parses and plans once for each connection. */
export function named(name: string, text: string): (values: unknown[]) => pg.QueryConfig {
  statements.set(name, text);
  return (values) => ({ name, text, values });
}

async function once<T>(db: Db, work: (tx: Tx) => Promise<T>): Promise<T> {
  const client = await db.connect();
  let broken: Error | undefined;
  try {
    await client.query("begin");
    const result = await work(client as Tx);
    await client.query("commit");
    return result;
  } catch (error) {
    broken = isBroken(error) ? (error as Error) : await rollback(client);
    throw error;
  } finally {
    // A connection that cannot roll back must not return to the pool.
    client.release(broken);
  }
}

async function rollback(client: pg.PoolClient): Promise<Error | undefined> {
  try {
    await client.query("rollback");
    return undefined;
  } catch (error) {
    return error as Error;
  }
}

/** Columns of type int8 arrive as bigint. Only for our pools: pg's own table is global. */
export function columnTypes(): pg.TypeOverrides {
  const types = new pg.TypeOverrides();
  const int8 = 20;
  // pg-types' list of known oids has no arrays.
  const int8Array = 1016 as typeof pg.types.builtins.INT8;
  const parseArray = pg.types.getTypeParser(int8Array) as (text: string) => (string | null)[];
  types.setTypeParser(int8, BigInt);
  types.setTypeParser(int8Array, (text: string) =>
    parseArray(text).map((item) => (item === null ? null : BigInt(item))),
  );
  return types;
}

type Awaitable = (...args: unknown[]) => Promise<unknown>;

/** Replaces the promise forms of `query` and `connect`; pg-pool itself calls those with callbacks. */
function withFaults(pool: pg.Pool): pg.Pool {
  const query = pool.query.bind(pool) as Awaitable;
  const connect = pool.connect.bind(pool) as Awaitable;
  const rethrow = (error: unknown) => {
    throw asFault(error);
  };
  return Object.assign(pool, {
    query: (...args: unknown[]) => query(...args).catch(rethrow),
    connect: (...args: unknown[]) => {
      if (pool.waitingCount >= MAX_WAITING) {
        return turnAway(args[0]);
      }
      return typeof args[0] === "function" ? connect(...args) : connect().catch(rethrow);
    },
  });
}

function turnAway(callback: unknown): Promise<never> | undefined {
  const fault = new Fault("OVERLOADED", "too many wait for the database", { retryAfterMs: 1_000 });
  if (typeof callback === "function") {
    callback(fault);
    return undefined;
  }
  return Promise.reject(fault);
}

function ignore(): void {
  // The query that was running gets the error; an idle connection is replaced.
}
