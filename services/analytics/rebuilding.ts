/** Counts everything anew from the first event on, while the service goes on, and takes that. */
import pg from "pg";
import { openDatabase } from "#kit/db.ts";
import { migrate } from "#kit/migrate.ts";
import { claim, FRESH, forget, leaveOutDiscarded, type Swapped, swap } from "./rebuild-store.ts";
import { type Events, startReplay } from "./replay.ts";

/** How long the service may have to wait until this is where it is, in milliseconds. */
const WAITING_MS = 10_000;

/** For each statement of a bite, which nobody waits for but the operator; in milliseconds. */
const BITE_MS = 30_000;

/** NotRebuilt where it would lose what was counted; then, as after any error, all is as it was. */
export async function rebuild(databaseUrl: string, events: Events): Promise<Swapped> {
  // Without the pool's time-outs: what is left of a rebuild may be large.
  const client = new pg.Client({
    connectionString: databaseUrl,
    application_name: "analytics-rebuild",
  });
  client.on("error", () => {
    // The statement that was running gets it.
  });
  await client.connect();
  try {
    await claim(client);
    await forget(client);
    const swapped = await countAnew(client, databaseUrl, events);
    await forget(client);
    return swapped;
  } finally {
    await client.end();
  }
}

async function countAnew(client: pg.Client, databaseUrl: string, events: Events): Promise<Swapped> {
  await migrate(databaseUrl, "analytics", {}, FRESH);
  await leaveOutDiscarded(client);
  const db = openDatabase({
    url: databaseUrl,
    name: "analytics-rebuild",
    schema: FRESH,
    statementMs: BITE_MS,
  });
  const replay = startReplay(events, db);
  try {
    // Only what comes meanwhile is left to do when the service has to wait.
    await replay.caughtUp();
    return await swap(client, () => replay.caughtUp(AbortSignal.timeout(WAITING_MS)));
  } finally {
    await replay.stop();
    await db.end();
  }
}
