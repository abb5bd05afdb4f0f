/** Every SQL statement about mails with a token in them. */
import { type Db, named, type Tx } from "#kit/db.ts";
import {
  type Asked,
  latelyMs,
  type MailKind,
  type MailRequest,
  type MailToken,
} from "./mail-rules.ts";
import type { User } from "./user.ts";
import { toUser, type UserRow, userColumns } from "./user-rows.ts";

export interface Asking {
  readonly id: string;
  readonly traceparent: string;
  readonly now: Date;
}

/** For whoever has the e-mail; where nobody has it, a row that leads to nothing. */
export async function askForReset(
  db: Db,
  emailKey: string,
  { id, traceparent, now }: Asking,
): Promise<void> {
  await db.query(insertReset([id, emailKey, traceparent, now]));
}

const insertReset = named(
  "user.mail.ask-reset",
  `insert into mail_requests (id, kind, user_id, traceparent, create_time)
   values ($1, 'reset_password', (select id from users where email_key = $2), $3, $4)`,
);

/** Nothing, if the e-mail was shown to be the person's already. */
export async function askForVerification(
  db: Db,
  userId: string,
  { id, traceparent, now }: Asking,
): Promise<void> {
  await db.query(insertVerification([id, userId, traceparent, now]));
}

const insertVerification = named(
  "user.mail.ask-verification",
  `insert into mail_requests (id, kind, user_id, traceparent, create_time)
   select $1, 'verify_email', id, $3, $4
     from users
    where id = $2 and email_verify_time is null`,
);

export async function isAnyToTell(db: Db): Promise<boolean> {
  const { rowCount } = await db.query(selectUntold([]));
  return rowCount !== 0;
}

const selectUntold = named(
  "user.mail.untold",
  "select from mail_requests where told_time is null limit 1",
);

export interface ToTell extends Asked {
  readonly id: string;
  readonly traceparent: string;
  readonly user: User;
}

/**
 * Takes requests that nobody was told of, the oldest first, and holds their people's rows: of
 * one person's events each is written after the one before. Others go on with the next ones.
 */
export async function takeUntold(tx: Tx, now: Date, limit: number): Promise<ToTell[]> {
  const { rows } = await tx.query<UntoldRow>(lockUntold([new Date(+now - latelyMs), limit]));
  return rows.map((row) => ({
    id: row.request_id,
    kind: row.kind,
    userId: row.id,
    lately: Number(row.lately),
    traceparent: row.traceparent,
    user: toUser(row),
  }));
}

interface UntoldRow extends UserRow {
  request_id: string;
  kind: MailKind;
  traceparent: string;
  lately: bigint;
}

const lockUntold = named(
  "user.mail.take",
  `select r.id as request_id, r.kind, r.traceparent, ${userColumns},
          (select count(*) from mail_requests other
            where other.user_id = r.user_id and other.kind = r.kind and other.told_time > $1) as lately
     from mail_requests r
     join users u on u.id = r.user_id
    where r.told_time is null
    order by r.create_time, r.id
    limit $2
      for no key update of r, u skip locked`,
);

/** Of those that were taken, all but `ids` are dropped, and what nobody is to get. */
export async function markTold(
  tx: Tx,
  taken: readonly string[],
  told: readonly string[],
  now: Date,
): Promise<void> {
  await tx.query(updateTold([taken, told, now]));
}

const updateTold = named(
  "user.mail.told",
  `with told as (
     update mail_requests set told_time = $3 where id = any ($2::uuid[])
   )
   delete from mail_requests
    where told_time is null and id <> all ($2::uuid[])
      and (user_id is null or id = any ($1::uuid[]))`,
);

export async function findRequest(db: Db, id: string): Promise<MailRequest | undefined> {
  const { rows } = await db.query<MailRequest>(selectRequest([id]));
  return rows[0];
}

const requestColumns = `r.id, r.kind, r.user_id as "userId", r.create_time as "createTime",
          r.used_time is not null as "isUsed"`;

const selectRequest = named(
  "user.mail.request",
  `select ${requestColumns} from mail_requests r where r.id = $1 and r.user_id is not null`,
);

export async function addToken(
  db: Db,
  requestId: string,
  hash: Buffer,
  expireTime: Date,
): Promise<void> {
  await db.query(insertToken([hash, requestId, expireTime]));
}

const insertToken = named(
  "user.mail.add-token",
  "insert into mail_tokens (hash, request_id, expire_time) values ($1, $2, $3)",
);

export async function findToken(
  db: Db,
  hash: Buffer,
  kind: MailKind,
): Promise<MailToken | undefined> {
  const { rows } = await db.query<MailRequest & { expireTime: Date }>(selectToken([hash, kind]));
  const [row] = rows;
  if (!row) {
    return undefined;
  }
  const { expireTime, ...request } = row;
  return { request, expireTime };
}

const selectToken = named(
  "user.mail.token",
  `select ${requestColumns}, t.expire_time as "expireTime"
     from mail_tokens t
     join mail_requests r on r.id = t.request_id
    where t.hash = $1 and r.kind = $2`,
);

/** All tokens of the kind that the person was mailed lose their use; answers whose did by this. */
export async function useUp(
  tx: Tx,
  userId: string,
  kind: MailKind,
  now: Date,
): Promise<ReadonlySet<string>> {
  const { rows } = await tx.query<{ id: string }>(updateUsed([userId, kind, now]));
  return new Set(rows.map(({ id }) => id));
}

const updateUsed = named(
  "user.mail.use-up",
  `update mail_requests set used_time = $3
    where user_id = $1 and kind = $2 and used_time is null
   returning id`,
);
