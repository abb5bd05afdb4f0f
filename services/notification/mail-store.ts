/** The statements of sending mails. */
import { type Db, named } from "#kit/db.ts";
import type { Kind } from "./kinds.ts";
import { type TimingRow, timingOf } from "./preferences-store.ts";
import type { Timing } from "./timing.ts";

/** Of each mail, with growing pauses: over three days. */
export const MAX_ATTEMPTS = 20;

/** A mail that is still to be sent. */
interface DueMail {
  readonly id: string;
  readonly eventId: string;
  readonly kind: Kind;
  readonly title: string;
  readonly body: string;
  readonly to: Addressee | undefined;
  readonly timing: Timing;
}

export interface Addressee {
  readonly name: string;
  readonly address: string;
  /** Whoever knows it may switch off mails to them. */
  readonly unsubscribeKey: string;
}

/** undefined: it was sent already, or is one of a digest. */
export async function dueMail(db: Db, id: string): Promise<DueMail | undefined> {
  const { rows } = await db.query<DueRow>(due([id]));
  const [row] = rows;
  return row && { ...row, to: addresseeOf(row), timing: timingOf(row) };
}

export async function markMailed(db: Db, ids: readonly string[]): Promise<void> {
  await db.query(mailed([ids]));
}

/** A mail that is of no use any more is none of those that are to do. */
export async function forgoMail(db: Db, id: string): Promise<void> {
  await db.query(forgone([id]));
}

/** Leaves a mail to its person's digest, which is due at `at`, or was before. */
export async function leaveToDigest(db: Db, id: string, at: Date): Promise<void> {
  await db.query(digested([id, at]));
}

/** What a digest is of. */
interface DueDigest {
  readonly to: Addressee | undefined;
  readonly parts: readonly DigestPart[];
}

export interface DigestPart {
  readonly id: string;
  readonly title: string;
  readonly body: string;
}

/** Oldest first. */
export async function dueDigest(db: Db, userId: string, limit: number): Promise<DueDigest> {
  const { rows } = await db.query<DigestPart & AddresseeRow>(dueDigestOf([userId, limit]));
  return { to: rows[0] && addresseeOf(rows[0]), parts: rows };
}

interface AddresseeRow {
  /** null while the person is not known here yet. */
  readonly email: string | null;
  readonly fullName: string;
  readonly unsubscribeKey: string;
}

interface DueRow extends AddresseeRow, TimingRow {
  readonly id: string;
  readonly eventId: string;
  readonly kind: Kind;
  readonly title: string;
  readonly body: string;
}

function addresseeOf({ email, fullName, unsubscribeKey }: AddresseeRow): Addressee | undefined {
  return email === null ? undefined : { name: fullName, address: email, unsubscribeKey };
}

const addressee = `c.email, coalesce(c.full_name, '') as "fullName",
          c.unsubscribe_key as "unsubscribeKey"`;

const due = named(
  "notification.due",
  `select n.id, n.event_id as "eventId", n.kind, n.title, n.body, ${addressee},
          p.time_zone, p.quiet_from, p.quiet_until, p.digest
     from notifications n
     left join contacts c using (user_id)
     left join preferences p using (user_id)
    where n.id = $1 and n.mail_time is null and not n.is_digested`,
);

const mailed = named(
  "notification.mailed",
  "update notifications set mail_time = now() where id = any ($1)",
);

const forgone = named(
  "notification.forgo-mail",
  "update notifications set is_unmailed = true where id = $1 and mail_time is null",
);

const digested = named(
  "notification.leave-to-digest",
  `with left_to_it as (
     update notifications set is_digested = true
      where id = $1 and mail_time is null
     returning user_id
   )
   select graphile_worker.add_job(
            'digest', json_build_object('userId', user_id), null, $2, ${MAX_ATTEMPTS},
            'digest ' || user_id, null, null, 'preserve_run_at')
     from left_to_it`,
);

const dueDigestOf = named(
  "notification.due-digest",
  `select n.id, n.title, n.body, ${addressee}
     from notifications n
     left join contacts c using (user_id)
    where n.user_id = $1 and n.is_digested and n.mail_time is null
    order by n.create_time, n.id
    limit $2`,
);
