// An account as the database has it.
import type { RoleName } from "#kit/call.ts";
import type { User } from "./user.ts";

export interface UserRow {
  id: string;
  email: string;
  full_name: string;
  roles: RoleName[];
  version: bigint;
  create_time: Date;
  update_time: Date;
  email_verify_time: Date | null;
  lock_time: Date | null;
  tokens_from: Date | null;
}

/** Of `users u`. */
export const userColumns = `u.id, u.email, u.full_name, u.roles, u.version, u.create_time,
          u.update_time, u.email_verify_time, u.lock_time, u.tokens_from`;

export function toUser(row: UserRow): User {
  return {
    id: row.id,
    email: row.email,
    fullName: row.full_name,
    roles: row.roles,
    version: row.version,
    createTime: row.create_time,
    updateTime: row.update_time,
    emailVerifyTime: row.email_verify_time ?? undefined,
    lockTime: row.lock_time ?? undefined,
    tokensFrom: row.tokens_from ?? undefined,
  };
}
