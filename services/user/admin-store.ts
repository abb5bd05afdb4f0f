/** Every SQL statement that administrators alone need. */
import type { Revocation } from "#gen/tradepost/user/v1/user.ts";
import { type Db, named, type Tx } from "#kit/db.ts";
import type { User } from "./user.ts";
import { toUser, type UserRow, userColumns } from "./user-rows.ts";

export interface Page {
  /** Of the one who is looked for; undefined: all. */
  readonly emailKey: string | undefined;
  readonly after: { readonly createTime: Date; readonly id: string } | undefined;
  readonly limit: number;
}

/** Newest first. */
export async function listUsers(db: Db, { emailKey, after, limit }: Page): Promise<User[]> {
  const { rows } = await db.query<UserRow>(
    selectUsers([emailKey ?? null, after?.createTime ?? null, after?.id ?? null, limit]),
  );
  return rows.map(toUser);
}

const selectUsers = named(
  "user.admin.list",
  `select ${userColumns}
     from users u
    where ($1::text is null or u.email_key = $1)
      and ($2::timestamptz is null or (u.create_time, u.id) < ($2, $3::text))
    order by u.create_time desc, u.id desc
    limit $4`,
);

/** No token of the person's from before is believed, of whatever session. */
export async function revokeTokens(
  tx: Tx,
  { userId, issuedBefore, expireTime }: Revocation,
): Promise<void> {
  await tx.query(insertRevocation([userId, issuedBefore, expireTime]));
}

const insertRevocation = named(
  "user.revocations.person",
  `insert into revocations as r (user_id, session_id, issued_before, expire_time)
   values ($1, '', $2, $3)
       on conflict (user_id, session_id) do update
      set issued_before = greatest(r.issued_before, excluded.issued_before),
          expire_time = greatest(r.expire_time, excluded.expire_time)`,
);
