/** The SQL of counting anew: fresh tables in a schema of their own, and how they become the tables. */
import type pg from "pg";

/** The schema in which everything is counted anew. */
export const FRESH = "rebuild";

/** What events make; an event that the inbox has is in all of the others. */
const TABLES = [
  ...["inbox", "windows", "window_buyers", "rollups", "rollup_buyers", "product_sales"],
  ...["order_parts", "funnels", "buyers", "cohorts", "progress"],
] as const;

/**
 * For each statement while the service waits. For less than a minute in all: then an event that
 * waits for a slow database counts as bad (kit/intake.ts).
 */
const STATEMENT_MS = 20_000;

/** Windows that were counted anew, by what became of them. */
export interface Swapped {
  readonly same: number;
  readonly changed: number;
  readonly added: number;
}

/** One sentence for the operator: nothing has changed, and why. */
class NotRebuilt extends Error {
  override readonly name = "NotRebuilt";
}

/** Held until the connection ends. */
export async function claim(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ claimed: boolean; owns: boolean; owner: string }>(
    `select pg_try_advisory_lock(hashtext('analytics.rebuild')) as claimed,
            tableowner = current_user as owns, tableowner as owner
       from pg_tables where schemaname = 'public' and tablename = 'windows'`,
  );
  const [row] = rows;
  if (!row) {
    throw new NotRebuilt("the database has no windows: the service has never run on it");
  }
  if (!row.owns) {
    throw new NotRebuilt(`the tables would not be the service's: connect as ${row.owner}`);
  }
  if (!row.claimed) {
    throw new NotRebuilt("another rebuild is under way");
  }
}

/** Also what a rebuild left that was killed. */
export async function forget(client: pg.Client): Promise<void> {
  await client.query(`drop schema if exists ${FRESH} cascade`);
}

/** What was given up stays uncounted, and keeps nothing of its key waiting. */
export async function leaveOutDiscarded(client: pg.Client): Promise<void> {
  await client.query(
    `insert into ${FRESH}.inbox (consumer, event_id)
     select consumer, event_id from public.dead_letters where discarded`,
  );
}

/**
 * Puts the fresh tables in the place of the others. From the first lock on the service counts
 * nothing, so that `caughtUp` is caught up with all that it has counted; its events wait.
 */
export async function swap(client: pg.Client, caughtUp: () => Promise<void>): Promise<Swapped> {
  await client.query("begin");
  try {
    await client.query(`set local statement_timeout = ${STATEMENT_MS}`);
    await client.query("lock table public.inbox, public.windows in share row exclusive mode");
    await caughtUp();
    await refuseLoss(client);
    const swapped = await goOnWithVersions(client);
    await client.query(settle);
    for (const table of TABLES) {
      await client.query(`drop table public.${table}`);
      await client.query(`alter table ${FRESH}.${table} set schema public`);
    }
    await client.query("commit");
    return swapped;
  } catch (error) {
    await client.query("rollback");
    throw error;
  }
}

async function refuseLoss(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ gone: number; dead: number }>(losses);
  const { gone = 0, dead = 0 } = rows[0] ?? {};
  if (gone > 0) {
    throw new NotRebuilt(`Kafka has not all events any more: ${gone} windows would be lost`);
  }
  if (dead > 0) {
    throw new NotRebuilt(`${dead} events could not be taken in, and are no dead letters so far`);
  }
}

async function goOnWithVersions(client: pg.Client): Promise<Swapped> {
  const { rows } = await client.query<{ is_same: boolean; windows: number }>(versions);
  const count = (isSame: boolean) => rows.find((row) => row.is_same === isSame)?.windows ?? 0;
  const { rows: all } = await client.query<{ windows: number }>(
    `select count(*)::int as windows from ${FRESH}.windows`,
  );
  const [same, changed] = [count(true), count(false)];
  return { same, changed, added: (all[0]?.windows ?? 0) - same - changed };
}

const losses = `
  select (select count(*)::int from public.windows w
           where not exists (
             select from ${FRESH}.windows f
              where (f.start_time, f.currency, f.merchant_id)
                    = (w.start_time, w.currency, w.merchant_id))) as gone,
         (select count(*)::int from ${FRESH}.dead_letters f
           where not exists (
             select from public.dead_letters d
              where d.event_id = f.event_id and d.redriven_at is null)) as dead`;

const figures = (row: string) =>
  `(${row}.orders, ${row}.units, ${row}.order_total, ${row}.unique_buyers, ${row}.revenue,
    ${row}.refunded, ${row}.rejected, ${row}.cancelled)`;

/** Who reads topic analytics-results knows the versions of before: those of changed windows follow. */
const versions = `
  with gone_on as (
    update ${FRESH}.windows f
       set final = w.final, published = w.published,
           version = w.version + (${figures("f")} <> ${figures("w")})::int,
           update_time = case when ${figures("f")} = ${figures("w")} then w.update_time
                              else clock_timestamp() end
      from public.windows w
     where (f.start_time, f.currency, f.merchant_id) = (w.start_time, w.currency, w.merchant_id)
    returning f.version = w.version as is_same
  )
  select is_same, count(*)::int as windows from gone_on group by is_same`;

/** What could not be taken in then is counted now: sent again, it would count twice. */
const settle = `
  update public.dead_letters d
     set redriven_at = now()
   where redriven_at is null
     and not exists (select from ${FRESH}.dead_letters f where f.event_id = d.event_id)`;
