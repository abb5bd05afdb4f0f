/** The SQL of sending webhooks. */
import { type Db, named, type Tx } from "#kit/db.ts";
import type { DeliveryState } from "./webhook-delivery-store.ts";
import { addJob } from "./webhook-jobs.ts";
import type { PostError } from "./webhook-post.ts";
import type { Verdict } from "./webhook-retrying.ts";
import type { KeptSecret } from "./webhook-secrets.ts";

/** A delivery that nobody else is at for the next seconds. */
export interface Claim {
  readonly id: string;
  readonly endpointId: string;
  readonly payload: string;
  /** Before this one. */
  readonly tries: number;
  readonly url: string;
  /** Whether the last try there, of whatever delivery, failed. */
  readonly isFailing: boolean;
  /** The present one first. */
  readonly secrets: readonly KeptSecret[];
}

/**
 * Takes a delivery that is due, for longer than a try lasts and less than the time after which a
 * dead process's jobs are anybody's. One whose endpoint is switched off has failed by that.
 */
export async function claim(db: Db, id: string): Promise<Claim | undefined> {
  const { rows } = await db.query<Claim & { readonly status: DeliveryState }>(take([id]));
  return rows[0]?.status === "PENDING" ? rows[0] : undefined;
}

/** Leaves a delivery that is not over to another job, which comes when it is due. */
export async function leave(db: Db, id: string): Promise<void> {
  await db.query(leaveIt([id]));
}

export interface Try extends Verdict {
  readonly id: string;
  readonly answered: number | undefined;
  readonly error: PostError | undefined;
  readonly time: Date;
  readonly durationMs: number;
}

/** With the job of the next one, if there is to be one. */
export async function record(tx: Tx, one: Try): Promise<void> {
  const { id, status, answered, error, time, durationMs, nextTime } = one;
  await tx.query(recordTry([id, status, answered, error, time, durationMs, nextTime]));
}

/** Answers since when nothing succeeded; undefined: the endpoint is gone. */
export async function noteFailure(tx: Tx, endpointId: string): Promise<Date | undefined> {
  const { rows } = await tx.query<{ failing_since: Date }>(failed([endpointId]));
  return rows[0]?.failing_since;
}

export async function noteSuccess(tx: Tx, endpointId: string): Promise<void> {
  await tx.query(succeeded([endpointId]));
}

/** Answers whose it is; undefined: it was switched off already. */
export async function switchOff(
  tx: Tx,
  endpointId: string,
  reason: "GONE" | "FAILING",
): Promise<string | undefined> {
  const { rows } = await tx.query<{ user_id: string }>(off([endpointId, reason]));
  return rows[0]?.user_id;
}

const take = named(
  "webhook.take",
  `with due as (
     update webhook_deliveries d
        set status = case when e.disabled_time is null then 'PENDING' else 'FAILED' end,
            next_time = case when e.disabled_time is null then now() + interval '30 seconds' end,
            last_error = case when e.disabled_time is null then d.last_error
                              else 'ENDPOINT_DISABLED' end,
            last_status = case when e.disabled_time is null then d.last_status end,
            update_time = now()
       from webhook_endpoints e
      where d.id = $1 and e.id = d.endpoint_id and d.status = 'PENDING' and d.next_time <= now()
     returning d.id, d.endpoint_id, d.payload, d.tries, d.status, e.url,
               e.failing_since is not null as is_failing
   )
   select id, endpoint_id as "endpointId", payload, tries, status, url,
          is_failing as "isFailing",
          (select coalesce(json_agg(json_build_object('id', s.id, 'secret', s.secret,
                                                      'isSealed', s.is_sealed)
                                    order by s.expire_time desc nulls first), '[]')
             from webhook_secrets s
            where s.endpoint_id = due.endpoint_id
              and (s.expire_time is null or s.expire_time > now())) as secrets
     from due`,
);

const leaveIt = named(
  "webhook.leave",
  `select ${addJob} from webhook_deliveries
    where id = $1 and status = 'PENDING'
      and exists (select from webhook_endpoints e where e.id = endpoint_id)`,
);

const recordTry = named(
  "webhook.record",
  `with tried as (
     update webhook_deliveries
        set status = $2, attempts = attempts + 1, tries = tries + 1, last_status = $3,
            last_error = $4, last_time = $5, last_ms = $6, next_time = $7, update_time = now()
      where id = $1 and status = 'PENDING'
     returning id, endpoint_id, next_time
   )
   select ${addJob} from tried where next_time is not null`,
);

const failed = named(
  "webhook.failed",
  `update webhook_endpoints set failing_since = coalesce(failing_since, now())
    where id = $1
   returning failing_since`,
);

const succeeded = named(
  "webhook.succeeded",
  "update webhook_endpoints set failing_since = null where id = $1 and failing_since is not null",
);

const off = named(
  "webhook.off",
  `update webhook_endpoints
      set disabled_reason = $2, disabled_time = date_trunc('milliseconds', now()),
          update_time = date_trunc('milliseconds', now()), version = version + 1
    where id = $1 and disabled_time is null
   returning user_id`,
);
