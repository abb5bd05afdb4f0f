/** Every SQL statement about sessions that are open, and about their end. */
import type { Revocation } from "#gen/tradepost/user/v1/user.ts";
import { type Db, named } from "#kit/db.ts";
import type { User } from "./user.ts";
import { toUser, type UserRow, userColumns } from "./user-rows.ts";
import type { Whereabouts } from "./whereabouts.ts";

export type Rotation =
  | { readonly outcome: "rotated"; readonly sessionId: string; readonly user: User }
  /** The token had been used before; its session is over now. */
  | { readonly outcome: "reused"; readonly ended: Revocation | undefined }
  | { readonly outcome: "unknown" | "expired" };

export interface Rotating {
  readonly hash: Buffer;
  readonly successor: Buffer;
  readonly now: Date;
  /** When no access token of the session is left. */
  readonly forgetTime: Date;
  readonly from: Whereabouts;
}

/**
 * Spends a refresh token and stores its successor, in one statement: of many that come at once
 * one wins the row, and any other finds it spent and ends the session.
 */
export async function rotate(db: Db, rotating: Rotating): Promise<Rotation> {
  const { hash, successor, now, forgetTime, from } = rotating;
  const { rows } = await db.query<RotationRow>(
    rotateToken([hash, successor, now, forgetTime, from.device, from.address]),
  );
  const [row] = rows;
  if (!row) {
    return { outcome: "unknown" };
  }
  if (row.is_rotated) {
    return { outcome: "rotated", sessionId: row.session_id, user: toUser(row) };
  }
  if (row.is_expired) {
    return { outcome: "expired" };
  }
  const { session_id: sessionId, id: userId } = row;
  const ended = { sessionId, userId, issuedBefore: undefined, expireTime: forgetTime };
  return { outcome: "reused", ended: row.has_ended ? ended : undefined };
}

interface RotationRow extends UserRow {
  session_id: string;
  is_rotated: boolean;
  is_expired: boolean;
  has_ended: boolean;
}

const rotateToken = named(
  "user.session.rotate",
  `with token as (
     select t.hash, t.session_id, s.user_id, s.end_time, s.expire_time <= $3 as is_expired
       from refresh_tokens t
       join sessions s on s.id = t.session_id
      where t.hash = $1
   ), spent as (
     update refresh_tokens t
        set spent_time = $3
       from token
      where t.hash = token.hash and t.spent_time is null
        and token.end_time is null and not token.is_expired
     returning t.session_id
   ), successor as (
     insert into refresh_tokens (hash, session_id)
     select $2, session_id from spent
   ), used as (
     update sessions s
        set last_use_time = $3, device = $5, address = $6
       from spent
      where s.id = spent.session_id
   ), ended as (
     update sessions s
        set end_time = $3
       from token
      where s.id = token.session_id and s.end_time is null and not token.is_expired
        and not exists (select from spent)
     returning s.id, s.user_id
   ), revoked as (
     insert into revocations (user_id, session_id, expire_time)
     select user_id, id, $4 from ended
         on conflict do nothing
   )
   select token.session_id, token.is_expired,
          exists (select from spent) as is_rotated, exists (select from ended) as has_ended,
          ${userColumns}
     from token
     join users u on u.id = token.user_id`,
);

/** Ends a session, so that neither its refresh token nor its access tokens work. */
export async function endSession(
  db: Db,
  { sessionId, userId, expireTime }: Revocation,
  now: Date,
): Promise<void> {
  await db.query(revokeSession([sessionId, userId, now, expireTime]));
}

const revokeSession = named(
  "user.session.end",
  `with ended as (
     update sessions set end_time = $3
      where id = $1 and user_id = $2 and end_time is null
   )
   insert into revocations (user_id, session_id, expire_time)
   values ($2, $1, $4)
       on conflict do nothing`,
);

/** Deletes what has no effect any more. */
export async function prune(db: Db): Promise<void> {
  await db.query("delete from revocations where expire_time < now()");
  await db.query("delete from login_failures where expire_time < now()");
  // With their tokens, which nobody can use any more.
  await db.query("delete from mail_requests where create_time < now() - interval '7 days'");
  // In portions, so that no statement runs long; with their refresh tokens.
  await db.query(
    `delete from sessions
      where id in (select id from sessions where expire_time < now() limit 1000)`,
  );
}
