// Accounts as the contract writes them.
import { Role } from "#gen/tradepost/policy/v1/policy.ts";
import type { Profile, User as UserMessage } from "#gen/tradepost/user/v1/user.ts";
import { etagOf, type User } from "./user.ts";

export function toMessage(user: User): UserMessage {
  const { id, email, fullName, roles, createTime, updateTime, emailVerifyTime, lockTime } = user;
  return {
    id,
    email,
    fullName,
    roles: roles.map((role) => Role[role]),
    createTime,
    updateTime,
    etag: etagOf(user),
    emailVerified: emailVerifyTime !== undefined,
    lockTime,
  };
}

/** What anybody who is signed in may know. */
export function toProfile(user: User): Profile {
  const { id, fullName, createTime, updateTime } = user;
  return { id, fullName, createTime, updateTime, etag: etagOf(user) };
}
