// Holds back everybody who would write, for some milliseconds, so that snapshots which are taken
// meanwhile are of one instant, also where each database is on a server of its own: with the gates
// of all shut, no transaction that wrote is under way anywhere, and none can begin to.
//
// A table's lock in SHARE mode is such a gate: it waits for who is writing, readers pass, and who
// wants to write queues up behind it. Writers wait 1.5 s for a lock (kit/db.ts) and then fail, so a
// gate that does not shut quickly is opened again and shut another time.
import { setTimeout as delay } from "node:timers/promises";
import { type DatabaseUrls, type Each, forEach, withConnections } from "./connect.ts";
import { type Layout, namesOf } from "./layout.ts";
import { Refusal } from "./refusal.ts";

/** How long to wait for all who are writing, try by try, in milliseconds. */
const WAITS = [
  ...Array<number>(20).fill(150),
  // Longer than `deadlock_timeout`, after which PostgreSQL ends an autovacuum that is in the way.
  ...Array<number>(3).fill(1_200),
];
/** Between two tries, so that writers catch up; in milliseconds. */
const BETWEEN_MS = 250;
/** Should this process be stopped while the gates are shut, the servers open them after this. */
const LIMIT = "set idle_in_transaction_session_timeout = '1400ms'";

/** SQLSTATEs of query_canceled and deadlock_detected. */
const BUSY = new Set(["57014", "40P01"]);

export interface Held<T> {
  readonly value: T;
  /** For how long at most anybody was held back. */
  readonly ms: number;
}

/** Does `work` while nobody can write to any of these tables. */
export async function whileNobodyWrites<T>(
  urls: DatabaseUrls,
  layouts: Each<Layout>,
  work: () => Promise<T>,
): Promise<Held<T>> {
  return withConnections(urls, "tradepost-backup-gate", async (clients) => {
    await forEach((service) => clients[service].query(LIMIT));
    const open = () => forEach((service) => clients[service].query("rollback"));
    for (const waitMs of WAITS) {
      const begun = performance.now();
      try {
        await forEach(async (service) => {
          const client = clients[service];
          // For all its tables together, which a lock's own time-out is not.
          await client.query(`begin; set local statement_timeout = ${waitMs}`);
          await client.query(`lock table ${namesOf(layouts[service].tables)} in share mode`);
        });
        const value = await work();
        // Throws if a gate was open before the work was done.
        await forEach((service) => clients[service].query("select"));
        await open();
        return { value, ms: Math.round(performance.now() - begun) };
      } catch (error) {
        if (!BUSY.has((error as { code?: string }).code ?? "")) {
          throw error;
        }
        await open();
        await delay(BETWEEN_MS * (0.5 + Math.random()));
      }
    }
    throw new Refusal("writers could not be held back for the moment that a backup needs");
  });
}
