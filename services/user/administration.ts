// What administrators decide about accounts. Pure.
import type { RoleName } from "#kit/call.ts";
import { Fault } from "#kit/errors.ts";
import { type Change, changed, requireEtag, type User, unchanged } from "./user.ts";

/** The same roles, in whatever order, are no change. */
export function assignRoles(
  user: User,
  roles: readonly RoleName[],
  etag: string | undefined,
  now: Date,
): Change {
  requireEtag(user, etag);
  const isSame =
    roles.length === user.roles.length && roles.every((role) => user.roles.includes(role));
  return isSame ? unchanged(user) : changed(user, { roles, tokensFrom: fromNowOn(user, now) }, now);
}

/** A lock that is there stays as it is. */
export function lock(user: User, now: Date): Change {
  return user.lockTime
    ? unchanged(user)
    : changed(user, { lockTime: now, tokensFrom: fromNowOn(user, now) }, now);
}

export function unlock(user: User, now: Date): Change {
  return user.lockTime ? changed(user, { lockTime: undefined }, now) : unchanged(user);
}

/** Or the last one who could undo it might be gone. */
export function refuseOwn(callerId: string, id: string): void {
  if (callerId === id) {
    throw new Fault("OWN_ACCOUNT", "somebody else has to do this to the account you call with");
  }
}

/**
 * Tokens say in whole seconds when they were issued, and one that is being issued right now may
 * still say what was: a full second more is on the safe side of that, and of clocks that differ.
 * Those that were issued since the last time may say that very time.
 */
function fromNowOn({ tokensFrom }: User, now: Date): Date {
  const next = (Math.ceil(+now / 1_000) + 1) * 1_000;
  return new Date(tokensFrom ? Math.max(next, +tokensFrom + 1_000) : next);
}
