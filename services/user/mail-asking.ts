// Turns requests for mails with a token into the events that ask for them.
import { type Db, inTransaction } from "#kit/db.ts";
import type { Log } from "#kit/log.ts";
import { appendToOutbox } from "#kit/outbox.ts";
import { eventOf } from "./events.ts";
import { type MailKind, sendable } from "./mail-rules.ts";
import { isAnyToTell, markTold, takeUntold } from "./mail-store.ts";

/**
 * Not woken by whoever asks: what is done for an address that somebody has would be felt by the
 * next call, and told from what is done for one that nobody has.
 */
const everyMs = 1_000;
const most = 100;

const FACT = {
  verify_email: "emailVerificationRequested",
  reset_password: "passwordResetRequested",
} as const satisfies Record<MailKind, string>;

/** One round; answers how many mails were asked for. */
async function askForMails(db: Db): Promise<number> {
  if (!(await isAnyToTell(db))) {
    return 0;
  }
  return inTransaction(db, async (tx) => {
    const now = new Date();
    const taken = await takeUntold(tx, now, most);
    const told = sendable(taken);
    const events = told.map(({ id, kind, traceparent, user }) =>
      eventOf(FACT[kind], user, { id, time: now, traceparent }),
    );
    await appendToOutbox(tx, events);
    const ids = (some: typeof taken) => some.map(({ id }) => id);
    await markTold(tx, ids(taken), ids(told), now);
    return told.length;
  });
}

/** @param wake tells that events wait in the outbox */
export function mailAsking(db: Db, wake: () => void, log: Log) {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;

  async function ask(): Promise<void> {
    try {
      if ((await askForMails(db)) > 0) {
        wake();
      }
    } catch (error) {
      log.warn({ err: error }, "mails could not be asked for; the next round tries again");
    } finally {
      running = undefined;
    }
  }

  return {
    start(): void {
      timer = setInterval(() => {
        running ??= ask();
      }, everyMs).unref();
    },
    async stop(): Promise<void> {
      clearInterval(timer);
      await running;
    },
  };
}
