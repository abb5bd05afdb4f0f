/** Tells people what was planned, when its time has come. */
import { type Db, inTransaction, type Tx } from "#kit/db.ts";
import type { Log } from "#kit/log.ts";
import type { Worker } from "#kit/service.ts";
import { uuidv7 } from "#kit/uuid.ts";
import { timeAfter } from "./schedule.ts";
import { type DueSchedule, dueSchedules, moveOn } from "./schedule-store.ts";
import { type NewNotification, notify } from "./store.ts";

const EACH_MS = 1_000;
const AT_ONCE = 100;

/** Looks each second, in every process: what one is at, the others leave alone. */
export function reminding(db: Db, log: Log): Worker {
  let timer: NodeJS.Timeout | undefined;
  let reminded: Promise<void> | undefined;

  function tick(): void {
    reminded ??= remindAll(db)
      .catch((error) => log.warn({ err: error }, "what was planned could not be told"))
      .finally(() => {
        reminded = undefined;
      });
  }

  return {
    start() {
      timer = setInterval(tick, EACH_MS);
    },
    async stop() {
      clearInterval(timer);
      await reminded;
    },
  };
}

async function remindAll(db: Db): Promise<void> {
  for (;;) {
    if ((await inTransaction(db, remind)) < AT_ONCE) {
      return;
    }
  }
}

/** Each is told in the transaction that moves it on, and so once. Answers how many. */
async function remind(tx: Tx): Promise<number> {
  const all = await dueSchedules(tx, AT_ONCE);
  if (all.length > 0) {
    await notify(tx, all.map(toNotification));
    await moveOn(
      tx,
      all.map(({ id, cron, timeZone, now }) => ({
        id,
        nextTime: cron === null ? undefined : timeAfter(cron, timeZone, now),
      })),
    );
  }
  return all.length;
}

function toNotification({ userId, title, body, now }: DueSchedule): NewNotification {
  const eventId = uuidv7();
  return { eventId, userId, kind: "REMINDER", title, body, orderId: undefined, time: now };
}
