// Where lists are read: a replica takes them off the primary, but is behind by what it has not
// replayed yet, and nobody may miss there what he himself has just written.
import type pg from "pg";
import type { Caller } from "./call.ts";
import type { ConfigOf, replicaShape } from "./config.ts";
import { type Db, openDatabase } from "./db.ts";
import type { Log } from "./log.ts";
import type { Worker } from "./service.ts";

/** What a list needs of a database: a pool is one. */
export interface ReadDb {
  query<Row extends pg.QueryResultRow>(statement: pg.QueryConfig): Promise<pg.QueryResult<Row>>;
}

export interface Lists extends Worker {
  /**
   * Of what people write. Whoever is signed in may have written any of it and is shown the primary;
   * who is nobody has written nothing, and is shown the replica.
   */
  readBy(caller: Caller): ReadDb;
  /** Of what no call writes, but events do: those arrive when they arrive, at the primary too. */
  readonly ofEvents: ReadDb;
}

export interface ListsOptions {
  readonly db: Db;
  readonly config: ConfigOf<typeof replicaShape>;
  /** The service's. */
  readonly name: string;
  readonly log: Log;
  /** So long a replica that has failed is left alone, then one read tries it. */
  readonly awayMs?: number;
}

const AWAY_MS = 5_000;

export function openLists({ db, config, name, log, awayMs = AWAY_MS }: ListsOptions): Lists {
  const url = config.DATABASE_REPLICA_URL;
  if (url === undefined) {
    return primaryLists(db);
  }
  const replica = openDatabase({ url, name: `${name}-lists` });
  const reads = withFallback(replica, db, log, awayMs);
  return {
    readBy: ({ userId }) => (userId === "" ? reads : db),
    ofEvents: reads,
    // It connects when it is first asked.
    start() {},
    stop: () => replica.end(),
  };
}

/** Without a replica. */
export function primaryLists(db: Db): Lists {
  return { readBy: () => db, ofEvents: db, start() {}, stop() {} };
}

/** What the replica cannot answer, for whatever reason, the primary does. */
function withFallback(replica: Db, primary: Db, log: Log, awayMs: number): ReadDb {
  let awayUntil = 0;
  return {
    async query(statement) {
      if (Date.now() < awayUntil) {
        return primary.query(statement);
      }
      const wasAway = awayUntil > 0;
      if (wasAway) {
        // The others do not wait for what this one finds out.
        awayUntil = Date.now() + awayMs;
      }
      try {
        const answer = await replica.query(statement);
        if (wasAway) {
          awayUntil = 0;
          log.info("the replica answers again");
        }
        return answer;
      } catch (error) {
        if (!wasAway) {
          log.warn({ err: error }, "the replica does not answer, the primary serves its lists");
        }
        awayUntil = Date.now() + awayMs;
        return primary.query(statement);
      }
    },
  };
}
