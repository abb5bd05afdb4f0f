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
  /** When the e-mail was shown to be theirs; undefined: not yet. */
  readonly emailVerifyTime: Date | undefined;
}

type Fact = "registered" | "updated";

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
  readonly emailVerifyTime?: Date;
}

export function open(opening: Opening, now: Date): Change {
  const { id, email, fullName, roles = ["CUSTOMER"], emailVerifyTime } = opening;
  const times = { createTime: now, updateTime: now, emailVerifyTime };
  return { user: { id, email, fullName, roles, version: 1n, ...times }, facts: ["registered"] };
}

/** The e-mail is theirs. A second time changes nothing. */
export function verifyEmail(user: User, now: Date): Change {
  if (user.emailVerifyTime) {
    return { user, facts: [] };
  }
  const version = user.version + 1n;
  return { user: { ...user, emailVerifyTime: now, version, updateTime: now }, facts: ["updated"] };
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
