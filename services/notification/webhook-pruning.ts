/** Deletes what is kept of webhooks once its time is up. */
import { type Db, named } from "#kit/db.ts";
import type { Log } from "#kit/log.ts";
import { pruneInBites } from "#kit/pruning.ts";
import { rounds } from "#kit/rounds.ts";
import type { Worker } from "#kit/service.ts";

const EVERY_MS = 3_600_000;

export function webhookPruning(db: Db, log: Log): Worker {
  const failure = "old webhooks could not be deleted";
  return rounds({ everyMs: EVERY_MS, log, failure }, () => pruneWebhooks(db));
}

/** Deliveries in bites, so that no statement holds others up; and secrets that sign no more. */
export async function pruneWebhooks(db: Db): Promise<void> {
  await db.query(deleteSecrets([]));
  await pruneInBites(db, deleteDeliveries);
}

const deleteSecrets = named(
  "webhook.prune.secrets",
  "delete from webhook_secrets where expire_time < now()",
);

/** One that is not over for so long has lost its endpoint. */
const deleteDeliveries = named(
  "webhook.prune.deliveries",
  `delete from webhook_deliveries
    where ctid = any (array(
      select ctid from webhook_deliveries
       where create_time < now() - interval '30 days'
         and (next_time is null or next_time < now() - interval '1 day')
       limit $1 for update skip locked))`,
);
