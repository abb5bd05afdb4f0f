/** Every SQL statement that asks which tokens are no longer believed. */
import type { Revocation } from "#gen/tradepost/user/v1/user.ts";
import { type Db, named } from "#kit/db.ts";
import { Fault } from "#kit/errors.ts";
import type { Claims } from "#kit/tokens.ts";

export async function listRevocations(db: Db): Promise<Revocation[]> {
  const { rows } = await db.query<RevocationRow>(selectRevocations([]));
  return rows.map((row) => ({
    sessionId: row.session_id,
    userId: row.user_id,
    issuedBefore: row.issued_before ?? undefined,
    expireTime: row.expire_time,
  }));
}

interface RevocationRow {
  session_id: string;
  user_id: string;
  issued_before: Date | null;
  expire_time: Date;
}

const selectRevocations = named(
  "user.revocations.list",
  `select session_id, user_id, issued_before, expire_time
     from revocations
    where expire_time > now()`,
);

/** Throws REVOKED_TOKEN if the token's session has ended, by what the database says now. */
export async function refuseRevoked(
  db: Db,
  { userId, sessionId, issuedAt }: Pick<Claims, "userId" | "sessionId" | "issuedAt">,
): Promise<void> {
  const { rowCount } = await db.query(findRevocation([userId, sessionId, issuedAt]));
  if (rowCount !== 0) {
    throw new Fault("REVOKED_TOKEN", "the session has ended");
  }
}

const findRevocation = named(
  "user.revocations.find",
  `select from revocations
    where user_id = $1 and session_id in ($2, '')
      and (issued_before is null or issued_before > $3)`,
);
