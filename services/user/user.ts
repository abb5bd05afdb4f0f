// An account and what may happen to it.
import type { RoleName } from "#kit/call.ts";
import { Fault, invalidField } from "#kit/errors.ts";

export interface User {
  readonly id: string;
  /** As it was given. */
  readonly email: string;
  readonly fullName: string;
  readonly roles: readonly RoleName[];
  /** Counts the facts about this person; also the etag. */
  readonly version: bigint;
  readonly createTime: Date;
  readonly updateTime: Date;
}

export type Fact = "registered" | "updated";

/** The account as it is now, and what others should hear about it. */
export interface Change {
  readonly user: User;
  readonly facts: readonly Fact[];
}

/** Two addresses with the same key are one account. */
export function emailKey(email: string): string {
  return email.normalize("NFC").toLowerCase();
}

export interface Opening {
  readonly id: string;
  readonly email: string;
  readonly fullName: string;
  readonly roles?: readonly RoleName[];
}

export function open({ id, email, fullName, roles = ["CUSTOMER"] }: Opening, now: Date): Change {
  const user = { id, email, fullName, roles, version: 1n, createTime: now, updateTime: now };
  return { user, facts: ["registered"] };
}

export interface Changes {
  readonly fullName?: string;
}

/** Changes to what already is are none, so that a retry is safe. */
export function update(
  user: User,
  { fullName = user.fullName }: Changes,
  etag: string | undefined,
  now: Date,
): Change {
  if (etag !== undefined && etag !== "*" && etag !== etagOf(user)) {
    throw new Fault("STALE_ETAG", "the account has changed since it was read");
  }
  if (fullName === user.fullName) {
    return { user, facts: [] };
  }
  const version = user.version + 1n;
  return { user: { ...user, fullName, version, updateTime: now }, facts: ["updated"] };
}

export function etagOf({ version }: Pick<User, "version">): string {
  return version.toString();
}

/** A name that can be written in a greeting and in a mail's header. */
export function checkName(field: string, name: string): string {
  if (name.trim() === "") {
    throw invalidField(field, "must not be empty", "name.empty");
  }
  if (/\p{Cc}/u.test(name)) {
    throw invalidField(field, "must not contain control characters", "name.control");
  }
  return name;
}
