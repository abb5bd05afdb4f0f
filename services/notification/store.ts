/** The SQL of what comes in: notifications, and where people can be reached. */
import type { UserEvent } from "#gen/tradepost/user/v1/events.ts";
import { named, type Tx } from "#kit/db.ts";
import { uuidv7 } from "#kit/uuid.ts";
import type { Kind } from "./kinds.ts";
import { MAX_ATTEMPTS } from "./mail-store.ts";

export interface NewNotification {
  readonly eventId: string;
  readonly userId: string;
  readonly kind: Kind;
  readonly title: string;
  readonly body: string;
  readonly orderId: string | undefined;
  /** When it happened. */
  readonly time: Date;
}

/**
 * Puts notifications into inboxes, with jobs for the mail and the pushes of each, in the event's
 * transaction; not where their people don't want to be told of such.
 */
export async function notify(tx: Tx, all: readonly NewNotification[]): Promise<void> {
  if (all.length === 0) {
    return;
  }
  await tx.query(
    insert([
      all.map(() => uuidv7()),
      all.map(({ eventId }) => eventId),
      all.map(({ userId }) => userId),
      all.map(({ kind }) => kind),
      all.map(({ title }) => title),
      all.map(({ body }) => body),
      all.map(({ orderId }) => orderId ?? null),
      all.map(({ time }) => time),
    ]),
  );
}

/**
 * Keeps the newest word on each person; events of one person come in order. The mails that waited
 * for somebody's address are due at once.
 */
export async function rememberContacts(tx: Tx, events: readonly UserEvent[]): Promise<void> {
  const latest = [...new Map(events.map((event) => [event.userId, event])).values()];
  latest.sort((a, b) => (a.userId < b.userId ? -1 : 1));
  await tx.query(
    remember([
      latest.map(({ userId }) => userId),
      latest.map(({ email }) => email),
      latest.map(({ fullName }) => fullName),
      latest.map(({ sequence }) => sequence),
    ]),
  );
}

/** Who has support's address; as long as nobody has, somebody who stands for them. */
export async function supportContact(tx: Tx, email: string): Promise<string> {
  const { rows } = await tx.query<{ user_id: string }>(supportOf([email]));
  return rows[0]?.user_id ?? "";
}

/** A job for each row of task, payload and key; one that is to do already is due now. */
function addJobs(from: string): string {
  return `select graphile_worker.add_jobs(array_agg(
            row(task, payload, null, null, ${MAX_ATTEMPTS}, key, null, null)
              ::graphile_worker.job_spec))
     from (${from}) as to_do
   having count(*) > 0`;
}

const mailsOf = (from: string) =>
  `select 'mail' as task, json_build_object('id', id) as payload, id as key from ${from}`;

/** One for each browser of the person's. */
const pushesOf = (from: string) =>
  `select 'push', json_build_object('notificationId', n.id, 'subscriptionId', s.id),
          'push ' || n.id || ' ' || s.id
     from ${from} n
     join push_subscriptions s using (user_id)
     left join preferences p using (user_id)
    where not coalesce('PUSH ' || n.kind = any (p.muted), false)`;

const insert = named(
  "notification.insert",
  `with added as (
     insert into notifications (id, event_id, user_id, kind, title, body, order_id, create_time,
                                is_hidden, is_unmailed)
     select told.*, coalesce('INBOX ' || kind = any (muted), false),
            coalesce('MAIL ' || kind = any (muted), false)
       from unnest($1::text[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[],
                   $7::text[], $8::timestamptz[])
              as told (id, event_id, user_id, kind, title, body, order_id, create_time)
       left join preferences using (user_id)
     on conflict (event_id, user_id) do nothing
     returning id, user_id, kind, is_unmailed
   )
   ${addJobs(`${mailsOf("added where not is_unmailed")} union all ${pushesOf("added")}`)}`,
);

const remember = named(
  "notification.remember",
  `with known as (
     insert into contacts as c (user_id, email, full_name, sequence)
     select * from unnest($1::text[], $2::text[], $3::text[], $4::bigint[])
     on conflict (user_id) do update
        set email = excluded.email, full_name = excluded.full_name, sequence = excluded.sequence
      where c.sequence < excluded.sequence
     returning user_id
   ), waiting as (
     select id from notifications join known using (user_id)
      where mail_time is null and not is_unmailed and not is_digested
   )
   ${addJobs(mailsOf("waiting"))}`,
);

const supportOf = named(
  "notification.support",
  `with known as (
     select user_id from contacts
      where lower(email) = lower($1) and user_id <> 'support-desk'
      order by user_id limit 1
   ), desk as (
     insert into contacts (user_id, email, full_name, sequence)
     select 'support-desk', $1, 'Support', 0 where not exists (select from known)
         on conflict (user_id) do update set email = excluded.email
     returning user_id
   )
   select user_id from known union all select user_id from desk`,
);
