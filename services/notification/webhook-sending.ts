/**
 * Sends the webhooks that are to do. A process that dies between an endpoint's answer and our note
 * of it sends that one again, under the same `webhook-id`.
 */
import { type Db, inTransaction, type Tx } from "#kit/db.ts";
import type { Log } from "#kit/log.ts";
import { uuidv7 } from "#kit/uuid.ts";
import { jobs } from "./jobs.ts";
import { wordsOf } from "./kinds.ts";
import { notify } from "./store.ts";
import type { Guard } from "./webhook-guard.ts";
import { TASK, type WebhookJob } from "./webhook-jobs.ts";
import { openLanes } from "./webhook-lanes.ts";
import { type Outcome, type Post, post } from "./webhook-post.ts";
import { endOf, isSuccess, verdictOn } from "./webhook-retrying.ts";
import type { Secrets } from "./webhook-secrets.ts";
import {
  type Claim,
  claim,
  leave,
  noteFailure,
  noteSuccess,
  record,
  switchOff,
} from "./webhook-sending-store.ts";

export interface SendingOptions {
  readonly db: Db;
  /** The same database's, for the worker's own connections. */
  readonly url: string;
  readonly log: Log;
  readonly guard: Guard;
  readonly secrets: Secrets;
  /** Of one exchange. */
  readonly limitMs?: number;
}

const LIMIT_MS = 10_000;
/** That those under way have when the process is to stop. */
const GRACE_MS = 2_000;
const AT_ONCE = 16;
const AT_ONCE_EACH = 3;

/** A worker of the jobs that `announce` writes, beside that of the mails, so that neither waits. */
export function webhookSending(options: SendingOptions) {
  const { db, url, log, guard, secrets, limitMs = LIMIT_MS } = options;
  const lanes = openLanes(AT_ONCE_EACH);
  const exchanges = new Set<AbortController>();
  let isStopped = false;

  async function send(payload: unknown): Promise<void> {
    const { id, endpointId } = payload as WebhookJob;
    const isTaken = await lanes.within(endpointId, async () => {
      const claimed = await claim(db, id);
      await (claimed ? tryOnce(claimed) : leave(db, id));
    });
    if (!isTaken) {
      // Several took jobs of one endpoint at the same time.
      await leave(db, id);
    }
  }

  async function tryOnce(claimed: Claim): Promise<void> {
    const { id, endpointId, payload: body, tries, isFailing } = claimed;
    const time = new Date();
    const begun = performance.now();
    const headers = {
      "content-type": "application/json",
      "user-agent": "Tradepost-Webhooks/1",
      ...secrets.sign(claimed.secrets, { id, time, body }),
    };
    const outcome = await exchange({ url: claimed.url, headers, body });
    const durationMs = Math.round(performance.now() - begun);
    const verdict = verdictOn(outcome, tries, new Date(), Math.random());
    const answered = "status" in outcome ? outcome.status : undefined;
    const error = "error" in outcome ? outcome.error : undefined;
    await inTransaction(db, async (tx) => {
      await record(tx, { id, answered, error, time, durationMs, ...verdict });
      if (!isSuccess(outcome)) {
        await judge(tx, claimed, outcome);
      } else if (isFailing) {
        await noteSuccess(tx, endpointId);
      }
    });
  }

  /** Throws if it is cut short because this process stops: then it counts for nothing. */
  async function exchange(message: Post): Promise<Outcome> {
    const controller = new AbortController();
    const clock = setTimeout(() => controller.abort(), limitMs);
    exchanges.add(controller);
    try {
      const outcome = await post(guard, message, controller.signal);
      if (isStopped && "error" in outcome) {
        throw new Error("a webhook was cut short by the end of its process");
      }
      return outcome;
    } finally {
      clearTimeout(clock);
      exchanges.delete(controller);
    }
  }

  /** Switches an endpoint off that has failed for long enough, or says that it is gone. */
  async function judge(tx: Tx, { endpointId, url: to }: Claim, outcome: Outcome): Promise<void> {
    const now = new Date();
    const failingSince = await noteFailure(tx, endpointId);
    const reason = failingSince && endOf(outcome, failingSince, now);
    const userId = reason && (await switchOff(tx, endpointId, reason));
    if (userId) {
      const kind = "WEBHOOK_DISABLED";
      const words = wordsOf(kind, { host: new URL(to).host });
      const orderId = undefined;
      await notify(tx, [{ eventId: uuidv7(), userId, kind, ...words, orderId, time: now }]);
    }
  }

  const worker = jobs({
    url,
    log,
    name: TASK,
    tasks: { [TASK]: send },
    atOnce: AT_ONCE,
    forbiddenFlags: lanes.full,
  });
  return {
    start: worker.start,
    async stop() {
      const clock = setTimeout(() => {
        isStopped = true;
        for (const one of exchanges) {
          one.abort();
        }
      }, GRACE_MS);
      await worker.stop();
      clearTimeout(clock);
    },
  };
}
