/**
 * Frees the mails that a process was at when it died. graphile-worker leaves them to nobody else
 * for four hours. Here each worker that lives has an advisory lock, which PostgreSQL takes from a
 * process that is gone; what a worker without a lock holds, anybody may take.
 */
import pg from "pg";
import type { Log } from "#kit/log.ts";

export interface JobHolders {
  /** Something in this process began to take jobs in that name. */
  add(workerId: string): void;
  start(): void;
  stop(): Promise<void>;
}

const LOOK_MS = 20_000;
/** Longer than it takes to send a mail, or to find that it cannot be sent. */
const HELD_FOR = "1 minute";
/** Of the locks: `mail` in ASCII. */
const CLASS = 0x6d_61_69_6c;

export function jobHolders(url: string, log: Log, lookMs = LOOK_MS): JobHolders {
  const ids = new Set<string>();
  let session: pg.Client | undefined;
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<void> | undefined;

  async function look(): Promise<void> {
    session ??= await open();
    const living = [...ids];
    await session.query(lock, [CLASS, living]);
    await session.query(free, [CLASS, living, HELD_FOR]);
  }

  /** The locks are the connection's: it is kept. */
  async function open(): Promise<pg.Client> {
    const client = new pg.Client({
      connectionString: url,
      application_name: "notification-job-holders",
      connectionTimeoutMillis: 2_000,
      keepAlive: true,
    });
    const forget = () => {
      session = session === client ? undefined : session;
    };
    client.on("error", forget).on("end", forget);
    await client.connect();
    return client;
  }

  function tick(): void {
    looking ??= look()
      .catch((error) => log.warn({ err: error }, "mails of dead workers could not be looked for"))
      .finally(() => {
        looking = undefined;
      });
  }

  return {
    add(workerId) {
      ids.add(workerId);
      if (timer) {
        tick();
      }
    },
    start() {
      timer = setInterval(tick, lookMs);
      tick();
    },
    async stop() {
      clearInterval(timer);
      await looking;
      await session?.end();
    },
  };
}

/** The connection's to its end, however often it is taken. */
const lock = "select pg_try_advisory_lock($1::int, hashtext(id)) from unnest($2::text[]) as id";

const free = `
  select graphile_worker.force_unlock_workers(array_agg(locked_by))
    from (select distinct locked_by from graphile_worker._private_jobs
           where locked_at < now() - $3::interval) as held
   where locked_by <> all ($2::text[]) and pg_try_advisory_xact_lock($1::int, hashtext(locked_by))
  having count(*) > 0`;
