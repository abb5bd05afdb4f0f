// What nobody waits for: key rotation, and rows that have had their time.
import type { Db } from "#kit/db.ts";
import type { Log } from "#kit/log.ts";
import { rounds } from "#kit/rounds.ts";
import type { Worker } from "#kit/service.ts";
import type { Keyring } from "./keyring.ts";
import { prune } from "./session-store.ts";

/** Far below the five minutes between a new key's publication and its first use. */
const everyMs = 60_000;

export function housekeeping(db: Db, keyring: Keyring, log: Log): Worker {
  const failure = "housekeeping failed; the next round tries again";
  return rounds({ everyMs, log, failure }, async () => {
    await keyring.refresh();
    await prune(db);
  });
}
