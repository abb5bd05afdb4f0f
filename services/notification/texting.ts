/**
 * Tells people by SMS. Twilio has no idempotency for messages: a process that dies between its
 * answer and the job's end sends that one again.
 */
import { createHash, randomInt } from "node:crypto";
import type { JobHelpers } from "graphile-worker";
import type { Db } from "#kit/db.ts";
import type { Log } from "#kit/log.ts";
import { jobs, putOff } from "./jobs.ts";
import { doubtNumber, dueSms, keepCode } from "./phone-store.ts";
import { quietUntil } from "./preferences.ts";
import type { SendSms, Sms } from "./twilio.ts";
import { textsFor } from "./words.ts";

export interface TextingOptions {
  readonly db: Db;
  /** The same database's, for the worker's own connections. */
  readonly url: string;
  readonly log: Log;
  readonly send: SendSms;
}

const AT_ONCE = 4;
/** Two messages of one SMS's length, with what joins them. */
const MOST_LETTERS = 306;

/** A worker of the jobs that `notify` writes for phones, and of those of the codes. */
export function texting({ db, url, log, send }: TextingOptions) {
  async function sms(payload: unknown, helpers: JobHelpers): Promise<void> {
    const { id } = payload as { id: string };
    const due = await dueSms(db, id);
    if (!due) {
      return;
    }
    const runAt = quietUntil(new Date(), due.kind, due.timing);
    if (runAt) {
      await putOff(helpers, runAt);
      return;
    }
    await deliver({ to: due.number, text: cut(`${due.title}: ${due.body}`) });
  }

  /** Made when it is sent, so that it is nowhere kept as it is. */
  async function sendCode(payload: unknown): Promise<void> {
    const { userId } = payload as { userId: string };
    const code = String(randomInt(1_000_000)).padStart(6, "0");
    const kept = await keepCode(db, userId, hashOf(userId, code));
    if (kept) {
      await deliver({ to: kept.number, text: textsFor(kept.reader).phoneCode(code) });
    }
  }

  async function deliver(message: Sms): Promise<void> {
    if ((await send(message)) === "refused") {
      await doubtNumber(db, message.to);
    }
  }

  return jobs({ url, log, name: "sms", tasks: { sms, "phone-code": sendCode }, atOnce: AT_ONCE });
}

/** Of a code: what is kept of it. */
export function hashOf(userId: string, code: string): Buffer {
  return createHash("sha256").update(`${userId}\n${code}`).digest();
}

function cut(text: string): string {
  const letters = [...text];
  return letters.length <= MOST_LETTERS ? text : `${letters.slice(0, MOST_LETTERS - 1).join("")}…`;
}
