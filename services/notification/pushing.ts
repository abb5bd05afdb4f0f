/**
 * Tells browsers what is to be told. A push service has no idempotency: a process that dies after
 * its answer sends that one again, under the same topic, and it takes the place of the first one if
 * that is still on its way.
 */
import type { JobHelpers } from "graphile-worker";
import type { Db } from "#kit/db.ts";
import type { Log } from "#kit/log.ts";
import { jobs, putOff } from "./jobs.ts";
import type { Guard } from "./outgoing-guard.ts";
import { post } from "./outgoing-post.ts";
import { quietUntil } from "./preferences.ts";
import { encrypt, MOST_BYTES } from "./push-encryption.ts";
import { type DuePush, duePush, forgetSubscription, type PushJob } from "./push-store.ts";
import type { Vapid } from "./vapid.ts";

export interface PushingOptions {
  readonly db: Db;
  /** The same database's, for the worker's own connections. */
  readonly url: string;
  readonly log: Log;
  readonly vapid: Vapid;
  readonly guard: Guard;
}

const LIMIT_MS = 10_000;
const AT_ONCE = 8;
/** Seconds that a push service keeps a message for a browser that is off. */
const KEPT_S = 4 * 86_400;
/** What a push service answers for a browser that has gone (RFC 8030, 7.3). */
const GONE: readonly number[] = [404, 410];

/** A worker of the jobs that `notify` writes for browsers. */
export function pushing({ db, url, log, vapid, guard }: PushingOptions) {
  async function push(payload: unknown, helpers: JobHelpers): Promise<void> {
    const job = payload as PushJob;
    const due = await duePush(db, job);
    if (!due) {
      return;
    }
    const runAt = quietUntil(new Date(), due.kind, due.timing);
    if (runAt) {
      await putOff(helpers, runAt);
      return;
    }
    const headers = {
      authorization: await vapid.authorization(due.endpoint),
      "content-encoding": "aes128gcm",
      "content-type": "application/octet-stream",
      topic: job.notificationId.replaceAll("-", ""),
      ttl: String(KEPT_S),
    };
    const body = encrypt(messageOf(job.notificationId, due), due);
    const signal = AbortSignal.timeout(LIMIT_MS);
    const outcome = await post(guard, { url: due.endpoint, headers, body }, signal);
    if ("error" in outcome) {
      throw new Error(`no push service answered: ${outcome.error}`);
    }
    if (GONE.includes(outcome.status)) {
      await forgetSubscription(db, job.subscriptionId);
    } else if (outcome.status >= 300) {
      throw new Error(`a push service answered ${outcome.status}`);
    }
  }

  return jobs({ url, log, name: "push", tasks: { push }, atOnce: AT_ONCE });
}

/** JSON, its body cut where it would not fit. */
function messageOf(id: string, { kind, title, body, orderId }: DuePush): Buffer {
  const whole = (text: string) =>
    Buffer.from(JSON.stringify({ id, kind, title, body: text, orderId: orderId ?? undefined }));
  let letters = [...body];
  let message = whole(body);
  while (message.length > MOST_BYTES) {
    letters = letters.slice(0, Math.floor(letters.length * 0.9));
    message = whole(`${letters.join("")}…`);
  }
  return message;
}
