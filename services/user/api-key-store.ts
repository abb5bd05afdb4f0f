/** Every SQL statement about API keys. */
import type { Revocation } from "#gen/tradepost/user/v1/user.ts";
import { type Db, named, type Tx } from "#kit/db.ts";
import { Fault } from "#kit/errors.ts";
import type { User } from "./user.ts";
import { toUser, type UserRow, userColumns } from "./user-rows.ts";

export interface ApiKey {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly createTime: Date;
  readonly lastUseTime: Date | null;
}

const most = 20;

/** To be called with the person's row held, or there are more than may be. */
export async function addKey(
  tx: Tx,
  userId: string,
  { id, name, scopes, createTime }: ApiKey,
  hash: Buffer,
): Promise<void> {
  const { rowCount } = await tx.query(
    insertKey([id, userId, hash, name, scopes, createTime, most]),
  );
  if (rowCount === 0) {
    throw new Fault("LIMIT_REACHED", `there are ${most} API keys, which is as many as may be`);
  }
}

const insertKey = named(
  "user.api-key.add",
  `insert into api_keys (id, user_id, hash, name, scopes, create_time)
   select $1, $2, $3, $4, $5, $6
    where (select count(*) from api_keys where user_id = $2) < $7`,
);

export interface Page {
  readonly after: { readonly createTime: Date; readonly id: string } | undefined;
  readonly limit: number;
}

/** Newest first. */
export async function listKeys(db: Db, userId: string, { after, limit }: Page): Promise<ApiKey[]> {
  const { rows } = await db.query<ApiKey>(
    selectKeys([userId, after?.createTime ?? null, after?.id ?? null, limit]),
  );
  return rows;
}

const selectKeys = named(
  "user.api-key.list",
  `select id, name, scopes, create_time as "createTime", last_use_time as "lastUseTime"
     from api_keys
    where user_id = $1
      and ($2::timestamptz is null or (create_time, id) < ($2, $3::text))
    order by create_time desc, id desc
    limit $4`,
);

export type Deletion = "deleted" | "stale" | "unknown";

/**
 * Deletes a key of the person's, with what was had by it.
 * @param useTime only if it was last used then, or if it never was made then; undefined: whenever
 */
export async function deleteKey(
  db: Db,
  { sessionId, userId, expireTime }: Revocation,
  useTime: Date | undefined,
): Promise<Deletion> {
  const { rows } = await db.query<{ deletion: Deletion }>(
    removeKey([sessionId, userId, expireTime, useTime ?? null]),
  );
  return rows[0]?.deletion ?? "unknown";
}

const removeKey = named(
  "user.api-key.delete",
  `with own as (
     select id, $4::timestamptz is null or coalesce(last_use_time, create_time) = $4 as is_meant
       from api_keys
      where id = $1 and user_id = $2
        for update
   ), gone as (
     delete from api_keys k
      using own
      where k.id = own.id and own.is_meant
   ), revoked as (
     insert into revocations (user_id, session_id, expire_time)
     select $2, id, $3 from own where is_meant
         on conflict do nothing
   )
   select case when is_meant then 'deleted' else 'stale' end as deletion from own`,
);

export interface KeyUse {
  readonly keyId: string;
  readonly scopes: readonly string[];
  readonly user: User;
}

/** Whose a key is and what it may do, and that it was used; not while the account is locked. */
export async function useKey(db: Db, hash: Buffer, now: Date): Promise<KeyUse | undefined> {
  const { rows } = await db.query<KeyUseRow>(updateUse([hash, now]));
  return rows.map((row) => ({ keyId: row.key_id, scopes: row.scopes, user: toUser(row) }))[0];
}

interface KeyUseRow extends UserRow {
  key_id: string;
  scopes: string[];
}

const updateUse = named(
  "user.api-key.use",
  `update api_keys k set last_use_time = $2
     from users u
    where k.hash = $1 and u.id = k.user_id and u.lock_time is null
   returning k.id as key_id, k.scopes, ${userColumns}`,
);
