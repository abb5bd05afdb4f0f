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
  /** Since when an administrator keeps it locked. */
  readonly lockTime: Date | undefined;
  /** Access tokens from before are not believed, whatever session they are of. */
  readonly tokensFrom: Date | undefined;
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
  const none = { lockTime: undefined, tokensFrom: undefined };
  const user = { id, email, fullName, roles, version: 1n, ...times, ...none };
  return { user, facts: ["registered"] };
}

/** The e-mail is theirs. A second time changes nothing. */
export function verifyEmail(user: User, now: Date): Change {
  return user.emailVerifyTime ? unchanged(user) : changed(user, { emailVerifyTime: now }, now);
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
  requireEtag(user, etag);
  return fullName === user.fullName ? unchanged(user) : changed(user, { fullName }, now);
}

export function requireEtag(user: User, etag: string | undefined): void {
  if (etag !== undefined && etag !== "*" && etag !== etagOf(user)) {
    throw new Fault("STALE_ETAG", "the account has changed since it was read");
  }
}

export function unchanged(user: User): Change {
  return { user, facts: [] };
}

export function changed(user: User, what: Partial<User>, now: Date): Change {
  const version = user.version + 1n;
  return { user: { ...user, ...what, version, updateTime: now }, facts: ["updated"] };
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
