/** Takes in all that waits, of every partition, in one transaction: for who is alone with his tables. */
import { setImmediate as nextTurn } from "node:timers/promises";
import { batched } from "#kit/batch.ts";
import { type Db, inTransaction, type Tx } from "#kit/db.ts";
import { type Incoming, markSeen, readRecord } from "#kit/inbox.ts";
import { taker } from "#kit/intake.ts";
import type { Log } from "#kit/log.ts";
import type { ReceivedBatch } from "#kit/records.ts";
import { consumers } from "./consumers.ts";
import { count, type Events, sources } from "./counting.ts";

type Take = (batch: ReceivedBatch) => Promise<void>;

/** Of partitions whose batches wait for one another; more are the next bite's. */
const AT_ONCE = 64;

export function biter(db: Db, log: Log): Take {
  const take = oneByOne(db, log);
  const bite = batched<ReceivedBatch, void>(
    async (batches) => {
      const live = batches.filter((batch) => batch.live());
      if (await isTaken(db, live)) {
        await Promise.all(live.map((batch) => batch.done(endOf(batch))));
      } else {
        for (const batch of live) {
          await take(batch);
        }
      }
      return batches.map(() => undefined);
    },
    { max: AT_ONCE },
  );
  let gathered: Promise<void> | undefined;
  return async (batch) => {
    // What came in one answer of the broker goes together.
    gathered ??= nextTurn().then(() => {
      gathered = undefined;
    });
    await gathered;
    await bite(batch);
  };
}

/** As the service does, which knows what to do about those that are bad. */
function oneByOne(db: Db, log: Log): Take {
  const take = taker({ service: "analytics", db, log });
  return async (batch) => {
    const subscription = consumers.find(({ topic }) => topic === batch.topic);
    if (subscription) {
      await take(subscription, batch);
    }
  };
}

/** Not where anything is wrong with any of them. */
async function isTaken(db: Db, batches: readonly ReceivedBatch[]): Promise<boolean> {
  const heard = sources.map((source) => ({
    source,
    incoming: batches
      .filter(({ topic }) => topic === source.topic)
      .flatMap(({ partition, records }) =>
        records
          .filter(({ value }) => value !== null)
          .map((record) => readRecord(source, partition, record)),
      ),
  }));
  if (heard.some(({ incoming }) => incoming.some(({ event }) => event === undefined))) {
    return false;
  }
  try {
    await inTransaction(db, async (tx) => {
      const fresh: Events[] = [];
      for (const { source, incoming } of heard) {
        fresh.push({ source, events: await eventsOf(tx, source, incoming) });
      }
      await count(tx, fresh, true);
    });
    return true;
  } catch {
    // Whoever takes them one by one gets the same error, and knows what it means.
    return false;
  }
}

class Blocked extends Error {}

async function eventsOf(
  tx: Tx,
  { topic }: Events["source"],
  incoming: readonly Incoming[],
): Promise<Events["events"]> {
  const fresh = await markSeen(tx, "analytics", topic, incoming);
  if (fresh.blockedKeys.size > 0) {
    throw new Blocked();
  }
  return fresh.incoming.flatMap(({ event }) => event ?? []);
}

function endOf({ records }: ReceivedBatch): bigint {
  return records.at(-1)?.offset ?? -1n;
}
