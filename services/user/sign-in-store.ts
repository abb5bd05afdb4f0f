/** Every SQL statement about signing in: two for a login that nothing contests. */
import { createHash } from "node:crypto";
import { type Db, named } from "#kit/db.ts";
import { forgottenAt } from "./lock.ts";
import type { User } from "./user.ts";
import { toUser, type UserRow, userColumns } from "./user-rows.ts";
import type { Whereabouts } from "./whereabouts.ts";

/** A pair of e-mail and address prefix. */
export type Pair = Buffer;

export function pairOf(emailKey: string, addressPrefix: string): Pair {
  return createHash("sha256").update(`${addressPrefix} ${emailKey}`).digest();
}

export interface Account {
  /** Absent if nobody has the e-mail. */
  readonly user: User | undefined;
  readonly passwordHash: string | undefined;
  /** The pair's latest failures. */
  readonly failures: readonly Date[];
}

export async function findAccount(db: Db, emailKey: string, pair: Pair): Promise<Account> {
  const { rows } = await db.query<AccountRow>(selectAccount([emailKey, pair]));
  const [row] = rows;
  const isKnown = row?.id != null;
  return {
    user: isKnown ? toUser(row) : undefined,
    passwordHash: isKnown ? row.password_hash : undefined,
    failures: row?.failed_at ?? [],
  };
}

interface AccountRow extends UserRow {
  password_hash: string;
  failed_at: Date[] | null;
}

const selectAccount = named(
  "user.sign-in.account",
  `select ${userColumns}, u.password_hash, f.failed_at
     from (values (true)) as one (row)
     left join users u on u.email_key = $1
     left join login_failures f on f.pair = $2`,
);

export async function findFailures(db: Db, pair: Pair): Promise<readonly Date[]> {
  const { rows } = await db.query<{ failed_at: Date[] }>(selectFailures([pair]));
  return rows[0]?.failed_at ?? [];
}

const selectFailures = named(
  "user.sign-in.failures",
  "select failed_at from login_failures where pair = $1",
);

/** Replaces the failures `from` by `to`; false if somebody else has changed them meanwhile. */
export async function saveFailures(
  db: Db,
  pair: Pair,
  from: readonly Date[],
  to: readonly Date[],
): Promise<boolean> {
  const expireTime = forgottenAt(to.at(-1) ?? new Date());
  const { rowCount } = await db.query(upsertFailures([pair, from, to, expireTime]));
  return rowCount === 1;
}

const upsertFailures = named(
  "user.sign-in.failed",
  `insert into login_failures as f (pair, failed_at, expire_time)
   values ($1, $3::timestamptz[], $4)
       on conflict (pair) do update
      set failed_at = excluded.failed_at, expire_time = excluded.expire_time
    where f.failed_at = $2::timestamptz[]`,
);

export interface Opened {
  readonly sessionId: string;
  readonly userId: string;
  readonly tokenHash: Buffer;
  readonly now: Date;
  readonly expireTime: Date;
  /** By which the password was found to be right. */
  readonly passwordHash: string;
  /** Replaces the password's hash. */
  readonly newHash: string | undefined;
  readonly from: Whereabouts;
}

/**
 * Opens a session and forgets the pair's failures, if these are still `failures`: guesses that
 * run side by side get no more verdicts than those that come one by one. And if the password is
 * still the one that was right, and the account is not locked: whoever changes that holds the
 * person's row and ends all sessions, and none may come after that as if it were not so. Answers
 * the account as it is then; undefined: no session.
 */
export async function openSession(
  db: Db,
  pair: Pair,
  failures: readonly Date[],
  { sessionId, userId, tokenHash, now, expireTime, passwordHash, newHash, from }: Opened,
): Promise<User | undefined> {
  const { rows } = await db.query<UserRow>(
    insertSession([
      sessionId,
      userId,
      now,
      expireTime,
      tokenHash,
      pair,
      failures,
      newHash ?? null,
      from.device,
      from.address,
      passwordHash,
    ]),
  );
  return rows.map(toUser)[0];
}

const insertSession = named(
  "user.sign-in.open",
  `with person as (
     select ${userColumns}
       from users u
      where u.id = $2 and u.password_hash = $11 and u.lock_time is null
        for key share
   ), opened as (
     insert into sessions (id, user_id, create_time, last_use_time, expire_time, device, address)
     select $1, person.id, $3, $3, $4, $9, $10
       from person
      where coalesce((select failed_at from login_failures where pair = $6), '{}')
            = $7::timestamptz[]
     returning id
   ), token as (
     insert into refresh_tokens (hash, session_id)
     select $5, id from opened
   ), cleared as (
     delete from login_failures
      where pair = $6 and exists (select from opened)
   ), rehashed as (
     update users set password_hash = $8
      where id = $2 and $8::text is not null and exists (select from opened)
   )
   select ${userColumns} from person u, opened`,
);
