// Refresh tokens: random, known to nobody but their holder, good for one use.
import type { Db } from "#kit/db.ts";
import { Fault } from "#kit/errors.ts";
import type { RevocationFeed } from "./revocation-feed.ts";
import { hashOf, newSecret } from "./secrets.ts";
import { rotate } from "./session-store.ts";
import type { User } from "./user.ts";
import type { Whereabouts } from "./whereabouts.ts";

/** However often it is refreshed, a session ends after this: 30 days. */
export const sessionMs = 30 * 86_400_000;

export interface Session {
  readonly sessionId: string;
  readonly user: User;
  readonly refreshToken: string;
}

/** Exchanges a token for its successor; a second use ends the session. */
export async function refresh(
  db: Db,
  feed: Pick<RevocationFeed, "add">,
  refreshToken: string,
  forgetTime: Date,
  from: Whereabouts,
): Promise<Session> {
  const { token, hash: successor } = newSecret();
  const now = new Date();
  const hash = hashOf(refreshToken);
  const rotation = await rotate(db, { hash, successor, now, forgetTime, from });
  switch (rotation.outcome) {
    case "rotated":
      return { sessionId: rotation.sessionId, user: rotation.user, refreshToken: token };
    case "reused":
      if (rotation.ended) {
        feed.add(rotation.ended);
      }
      throw new Fault("REVOKED_TOKEN", "the refresh token was used before; the session has ended");
    case "expired":
      throw new Fault("EXPIRED_TOKEN", "the session has expired");
    case "unknown":
      throw new Fault("INVALID_TOKEN", "the refresh token is not valid");
  }
}
