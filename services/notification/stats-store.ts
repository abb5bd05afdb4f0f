/** The SQL of what became of what was told. */
import { type Db, named } from "#kit/db.ts";
import type { Kind } from "./kinds.ts";

/** Of one day, in UTC, and one kind. */
export interface DayStats {
  readonly day: string;
  readonly kind: Kind;
  readonly inboxed: number;
  readonly opened: number;
  readonly acted: number;
  /** Mails: still to send, sent, and given up. */
  readonly queued: number;
  readonly mailed: number;
  readonly failed: number;
}

/** Newest day first. */
export async function dayStats(db: Db, from: Date, to: Date): Promise<DayStats[]> {
  const { rows } = await db.query<DayStats>(stats([from, to]));
  return rows;
}

/** A mail of a digest that was given up counts as queued: the job is the digest's. */
const stats = named(
  "notification.stats",
  `select to_char(create_time at time zone 'UTC', 'YYYY-MM-DD') as day, kind,
          count(*) filter (where not is_hidden)::int as inboxed,
          count(*) filter (where not is_hidden and open_time is not null)::int as opened,
          count(*) filter (where not is_hidden and act_time is not null)::int as acted,
          count(*) filter (where is_mail and mail_time is null and job is null)::int as queued,
          count(*) filter (where is_mail and mail_time is not null)::int as mailed,
          count(*) filter (where is_mail and mail_time is null and job is not null)::int as failed
     from notifications
    cross join lateral (select not is_unmailed as is_mail) as wanted
     left join (select key as job from graphile_worker.jobs where attempts >= max_attempts) as dead
            on job = id
    where create_time >= $1 and create_time < $2
    group by day, kind
    order by day desc, kind`,
);
