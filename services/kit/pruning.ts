import { createBell } from "./bell.ts";
import { type Db, named } from "./db.ts";
import type { Log } from "./log.ts";
import { jittered } from "./retry.ts";

type Statement = ReturnType<typeof named>;

const BITE = 1_000;
const EACH_MS = 60_000;
const BETWEEN_BITES_MS = 100;

/** Each leaves rows alone that another process is deleting. */
const PRUNE = [
  named(
    "kit.prune.outbox",
    `delete from outbox
      where id = any (array(
        select id from (select id, published_at from outbox order by id limit $1) oldest
         where published_at < now() - interval '7 days'))`,
  ),
  named(
    "kit.prune.inbox",
    `delete from inbox
      where ctid = any (array(
        select ctid from inbox
         where seen_at < now() - interval '30 days' limit $1 for update skip locked))`,
  ),
  named(
    "kit.prune.idempotency_keys",
    `delete from idempotency_keys
      where ctid = any (array(
        select ctid from idempotency_keys
         where created_at < now() - interval '24 hours' limit $1 for update skip locked))`,
  ),
  named(
    "kit.prune.dead_letters",
    `delete from dead_letters
      where ctid = any (array(
        select ctid from dead_letters
         where redriven_at < now() - interval '90 days' limit $1 for update skip locked))`,
  ),
];

/** Deletes what has been kept long enough, in small bites, so that no statement holds others up. */
export function startPruning(db: Db, log: Log): { stop(): Promise<void> } {
  const bell = createBell();
  const state = { stopped: false };
  const running = run(db, log, bell, state);
  return {
    async stop() {
      state.stopped = true;
      bell.mute();
      await running;
    },
  };
}

async function run(
  db: Db,
  log: Log,
  bell: { pause(ms: number): Promise<void> },
  state: { readonly stopped: boolean },
): Promise<void> {
  while (!state.stopped) {
    // First after a while: a start has other things to do.
    await bell.pause(jittered(EACH_MS));
    try {
      while (!state.stopped && (await prune(db))) {
        await bell.pause(BETWEEN_BITES_MS);
      }
    } catch (error) {
      log.debug({ err: error }, "pruning did not work, trying again in a minute");
    }
  }
}

/** All that a statement deletes, which takes the size of a bite as its value. */
export async function pruneInBites(db: Db, statement: Statement): Promise<void> {
  let deleted: number | null;
  do {
    ({ rowCount: deleted } = await db.query(statement([BITE])));
  } while (deleted === BITE);
}

/** One bite of each; answers whether there is more. */
export async function prune(db: Db): Promise<boolean> {
  const deleted = await Promise.all(PRUNE.map((statement) => db.query(statement([BITE]))));
  return deleted.some(({ rowCount }) => rowCount === BITE);
}
