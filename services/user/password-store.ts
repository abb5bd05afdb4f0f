/** Every SQL statement about passwords that change. */
import type { Revocation } from "#gen/tradepost/user/v1/user.ts";
import { type Db, named, type Tx } from "#kit/db.ts";
import { Fault } from "#kit/errors.ts";
import type { Pair } from "./sign-in-store.ts";
import type { User } from "./user.ts";
import { toUser, type UserRow, userColumns } from "./user-rows.ts";

export interface Credentials {
  readonly user: User;
  readonly passwordHash: string;
}

export async function getCredentials(db: Db, userId: string): Promise<Credentials> {
  const { rows } = await db.query<CredentialsRow>(selectCredentials([userId]));
  return toCredentials(rows[0], userId);
}

/**
 * Holds the person's row against sign-ins too: what has begun by the old password is seen by the
 * next statement, and what comes later finds another one.
 */
export async function lockCredentials(tx: Tx, userId: string): Promise<Credentials> {
  const { rows } = await tx.query<CredentialsRow>(lock([userId]));
  return toCredentials(rows[0], userId);
}

interface CredentialsRow extends UserRow {
  password_hash: string;
}

function toCredentials(row: CredentialsRow | undefined, userId: string): Credentials {
  if (!row) {
    throw new Fault("USER_NOT_FOUND", `no user ${userId}`);
  }
  return { user: toUser(row), passwordHash: row.password_hash };
}

const selectCredentials = named(
  "user.password.get",
  `select ${userColumns}, u.password_hash from users u where u.id = $1`,
);

const lock = named(
  "user.password.lock",
  `select ${userColumns}, u.password_hash from users u where u.id = $1 for update`,
);

export async function savePassword(tx: Tx, userId: string, passwordHash: string): Promise<void> {
  await tx.query(updatePassword([userId, passwordHash]));
}

const updatePassword = named(
  "user.password.save",
  "update users set password_hash = $2 where id = $1",
);

export interface Ending {
  readonly userId: string;
  /** Goes on; undefined: none does. */
  readonly exceptId: string | undefined;
  readonly now: Date;
  /** When no access token of the sessions is left. */
  readonly forgetTime: Date;
}

/** Ends a person's sessions, and answers what is to be told of it. */
export async function endSessions(
  tx: Tx,
  { userId, exceptId, now, forgetTime }: Ending,
): Promise<Revocation[]> {
  const { rows } = await tx.query<{ id: string }>(
    updateSessions([userId, exceptId ?? "", now, forgetTime]),
  );
  return rows.map(({ id }) => ({
    sessionId: id,
    userId,
    issuedBefore: undefined,
    expireTime: forgetTime,
  }));
}

const updateSessions = named(
  "user.session.end-all",
  `with ended as (
     update sessions set end_time = $3
      where user_id = $1 and id <> $2 and end_time is null and expire_time > $3
     returning id
   ), revoked as (
     insert into revocations (user_id, session_id, expire_time)
     select $1, id, $4 from ended
         on conflict do nothing
   )
   select id from ended`,
);

export async function forgetAttempts(tx: Tx, pair: Pair): Promise<void> {
  await tx.query(deleteAttempts([pair]));
}

const deleteAttempts = named("user.attempts.forget", "delete from login_failures where pair = $1");
