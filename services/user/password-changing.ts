// From one password to the next: by the token of a mail, or by the one that was.
import type { Call } from "#kit/call.ts";
import { type Db, inTransaction, type Tx } from "#kit/db.ts";
import { Fault, invalidField } from "#kit/errors.ts";
import { appendToOutbox } from "#kit/outbox.ts";
import { uuidv7 } from "#kit/uuid.ts";
import { forgetTimeOf, type Issuer } from "./access-tokens.ts";
import { countAttempt } from "./attempts.ts";
import { eventOf } from "./events.ts";
import { spent, usable } from "./mail-rules.ts";
import { findToken, useUp } from "./mail-store.ts";
import { weakness } from "./password-rules.ts";
import {
  type Credentials,
  endSessions,
  forgetAttempts,
  getCredentials,
  lockCredentials,
  savePassword,
} from "./password-store.ts";
import type { Passwords } from "./passwords.ts";
import type { RevocationFeed } from "./revocation-feed.ts";
import { hashOf } from "./secrets.ts";
import { pairOf } from "./sign-in-store.ts";
import type { User } from "./user.ts";

export interface PasswordDeps {
  readonly db: Db;
  readonly passwords: Passwords;
  readonly issuer: Issuer;
  readonly feed: Pick<RevocationFeed, "add">;
  /** Tells that events wait in the outbox. */
  readonly wake: () => void;
}

export async function resetPassword(
  deps: PasswordDeps,
  token: string,
  newPassword: string,
  call: Call,
): Promise<void> {
  const { db, passwords } = deps;
  const request = usable(await findToken(db, hashOf(token), "reset_password"), new Date());
  const { user } = await getCredentials(db, request.userId);
  refuseWeak(newPassword, user);
  const newHash = await passwords.hash(newPassword, call.signal);
  await setPassword(
    deps,
    { userId: user.id, newHash, exceptId: undefined },
    call,
    async (tx, { now }) => {
      if (!(await useUp(tx, user.id, "reset_password", now)).has(request.id)) {
        throw spent();
      }
    },
  );
}

export async function changePassword(
  deps: PasswordDeps,
  currentPassword: string,
  newPassword: string,
  call: Call,
): Promise<void> {
  const { db, passwords } = deps;
  const { userId, sessionId } = call.caller;
  const pair = pairOf(userId, "change-password");
  await countAttempt(db, pair, call.signal);
  const { user, passwordHash } = await getCredentials(db, userId);
  if (!(await passwords.verify(passwordHash, currentPassword, call.signal))) {
    throw wrong();
  }
  if (newPassword === currentPassword) {
    throw invalidField("newPassword", "must not be the current one", "password.same");
  }
  refuseWeak(newPassword, user);
  const newHash = await passwords.hash(newPassword, call.signal);
  const setting = { userId, newHash, exceptId: sessionId };
  await setPassword(deps, setting, call, async (tx, { now, locked }) => {
    if (locked.passwordHash !== passwordHash) {
      throw wrong();
    }
    await useUp(tx, userId, "reset_password", now);
    await forgetAttempts(tx, pair);
  });
}

interface Setting {
  readonly userId: string;
  readonly newHash: string;
  /** The session that goes on. */
  readonly exceptId: string | undefined;
}

/** `allow` throws if something has changed since it was looked at. */
async function setPassword(
  { db, issuer, feed, wake }: PasswordDeps,
  { userId, newHash, exceptId }: Setting,
  { traceparent }: Call,
  allow: (tx: Tx, found: { now: Date; locked: Credentials }) => Promise<void>,
): Promise<void> {
  const ended = await inTransaction(db, async (tx) => {
    const locked = await lockCredentials(tx, userId);
    const now = new Date();
    await allow(tx, { now, locked });
    await savePassword(tx, userId, newHash);
    const about = { id: uuidv7(), time: now, traceparent };
    await appendToOutbox(tx, [eventOf("passwordChanged", locked.user, about)]);
    return endSessions(tx, { userId, exceptId, now, forgetTime: forgetTimeOf(issuer) });
  });
  for (const revocation of ended) {
    feed.add(revocation);
  }
  wake();
}

function refuseWeak(password: string, { email }: User): void {
  const why = weakness(password, email);
  if (why) {
    throw invalidField("newPassword", why, "password.common");
  }
}

function wrong(): Fault {
  return new Fault("WRONG_PASSWORD", "the current password is wrong");
}
