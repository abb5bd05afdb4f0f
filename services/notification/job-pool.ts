/**
 * Connections for graphile-worker. It notes how a job ended without waiting for the note, so one
 * that fails ends the process; it tries again by SQLSTATE only, and a connection that broke has
 * none. Here it gets one.
 */
import pg from "pg";
import { isBroken } from "#kit/db-errors.ts";

/** cannot_connect_now: such a statement is tried up to 100 times, with pauses from 3 s on. */
const AGAIN = "57P03";

export function jobPool(url: string, max: number): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    application_name: "notification-jobs",
    max,
    connectionTimeoutMillis: 2_000,
    keepAlive: true,
  });
  pool.on("error", ignore);
  pool.on("connect", (client) => {
    client.on("error", ignore);
    client.query = patient(client.query.bind(client));
  });
  pool.connect = untilEnd(pool, patient(pool.connect.bind(pool)));
  return pool;
}

/** A job that ends after the worker did cannot be noted any more, and nobody is to go on trying. */
function untilEnd<Work>(pool: pg.Pool, connect: Work): Work {
  return ((...args: unknown[]) =>
    pool.ending
      ? new Promise(() => {})
      : (connect as (...args: unknown[]) => unknown)(...args)) as Work;
}

function patient<Work>(work: Work): Work {
  return ((...args: unknown[]) => {
    const running: unknown = (work as (...args: unknown[]) => unknown)(...args);
    return running instanceof Promise ? running.catch(againIfBroken) : running;
  }) as Work;
}

function againIfBroken(error: Error): never {
  throw isBroken(error) ? Object.assign(error, { code: AGAIN }) : error;
}

function ignore(): void {
  // Whoever uses the connection next hears of it.
}
