// From e-mail and password to a session.
import type { Db } from "#kit/db.ts";
import { Fault } from "#kit/errors.ts";
import { uuidv7 } from "#kit/uuid.ts";
import { addressPrefix, lockedUntil, withFailure } from "./lock.ts";
import { isOutdated, type Passwords } from "./passwords.ts";
import { type Session, sessionMs } from "./refresh-tokens.ts";
import { newSecret } from "./secrets.ts";
import * as store from "./sign-in-store.ts";
import { emailKey } from "./user.ts";
import type { Whereabouts } from "./whereabouts.ts";

export interface Attempt {
  readonly email: string;
  readonly password: string;
  readonly from: Whereabouts;
  readonly signal: AbortSignal;
}

/**
 * Known or not, an e-mail costs one look-up, one hash and one statement, and gets the same words.
 * Who guesses side by side learns no more than who guesses one by one, because a verdict is given
 * only by the statement that finds the pair's failures as they were when it was decided.
 */
export async function signIn(db: Db, passwords: Passwords, attempt: Attempt): Promise<Session> {
  const { email, password, from, signal } = attempt;
  const key = emailKey(email);
  const pair = store.pairOf(key, addressPrefix(from.address));
  const { user, passwordHash, failures: known } = await store.findAccount(db, key, pair);
  refuseLocked(known, new Date());

  const isRight = await passwords.verify(passwordHash, password, signal);
  const newHash =
    isRight && passwordHash && isOutdated(passwordHash)
      ? await passwords.hash(password, signal)
      : undefined;

  for (let failures = known; ; failures = await store.findFailures(db, pair)) {
    signal.throwIfAborted();
    const now = new Date();
    refuseLocked(failures, now);
    if (!user || !passwordHash || !isRight || user.lockTime) {
      // Of a locked account too the right password is a verdict, so it counts like a wrong one.
      if (await store.saveFailures(db, pair, failures, withFailure(failures, now))) {
        throw isRight
          ? new Fault("ACCOUNT_LOCKED", "the account is locked")
          : new Fault("WRONG_PASSWORD", "e-mail or password is wrong");
      }
      continue;
    }
    const sessionId = uuidv7();
    const { token, hash: tokenHash } = newSecret();
    const expireTime = new Date(+now + sessionMs);
    const opening = { sessionId, userId: user.id, tokenHash, now, expireTime, passwordHash };
    const opened = await store.openSession(db, pair, failures, { ...opening, newHash, from });
    if (opened) {
      return { sessionId, user: opened, refreshToken: token };
    }
    const found = await store.findAccount(db, key, pair);
    if (found.passwordHash !== passwordHash || found.user?.lockTime) {
      // Changed or locked meanwhile, or only its hash renewed by a sign-in beside this one.
      return signIn(db, passwords, attempt);
    }
  }
}

function refuseLocked(failures: readonly Date[], now: Date): void {
  const until = lockedUntil(failures, now);
  if (until) {
    throw new Fault("ACCOUNT_LOCKED", "too many wrong passwords; try again later", {
      retryAfterMs: +until - +now,
    });
  }
}
