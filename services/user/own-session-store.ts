/** Every SQL statement about sessions as their person sees them. */
import type { Revocation } from "#gen/tradepost/user/v1/user.ts";
import { type Db, named } from "#kit/db.ts";
import type { Whereabouts } from "./whereabouts.ts";

export interface OwnSession extends Whereabouts {
  readonly id: string;
  readonly createTime: Date;
  readonly lastUseTime: Date;
  readonly expireTime: Date;
}

export interface Page {
  readonly after: { readonly createTime: Date; readonly id: string } | undefined;
  readonly limit: number;
}

/** Those that have not ended at `now`, newest first. */
export async function listSessions(
  db: Db,
  userId: string,
  now: Date,
  { after, limit }: Page,
): Promise<OwnSession[]> {
  const { rows } = await db.query<OwnSession>(
    selectSessions([userId, now, after?.createTime ?? null, after?.id ?? null, limit]),
  );
  return rows;
}

const selectSessions = named(
  "user.session.list",
  `select id, device, address, create_time as "createTime", last_use_time as "lastUseTime",
          expire_time as "expireTime"
     from sessions
    where user_id = $1 and end_time is null and expire_time > $2
      and ($3::timestamptz is null or (create_time, id) < ($3, $4::text))
    order by create_time desc, id desc
    limit $5`,
);

export type Ending = "ended" | "stale" | "unknown";

/**
 * Ends a session of the person's, so that neither its refresh token nor its access tokens work.
 * @param lastUseTime only if it was last used then; undefined: whenever it was
 */
export async function endOwnSession(
  db: Db,
  { sessionId, userId, expireTime }: Revocation,
  now: Date,
  lastUseTime: Date | undefined,
): Promise<Ending> {
  const { rows } = await db.query<{ ending: Ending }>(
    revokeOwn([sessionId, userId, now, expireTime, lastUseTime ?? null]),
  );
  return rows[0]?.ending ?? "unknown";
}

const revokeOwn = named(
  "user.session.end-own",
  `with own as (
     select id, $5::timestamptz is null or last_use_time = $5 as is_meant
       from sessions
      where id = $1 and user_id = $2 and end_time is null and expire_time > $3
        for update
   ), ended as (
     update sessions s set end_time = $3
       from own
      where s.id = own.id and own.is_meant
   ), revoked as (
     insert into revocations (user_id, session_id, expire_time)
     select $2, id, $4 from own where is_meant
         on conflict do nothing
   )
   select case when is_meant then 'ended' else 'stale' end as ending from own`,
);
