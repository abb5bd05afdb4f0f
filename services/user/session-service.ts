import type {
  Session as SessionMessage,
  SessionServiceImplementation,
} from "#gen/tradepost/user/v1/session.ts";
import type { CallExtras } from "#kit/call.ts";
import type { Db } from "#kit/db.ts";
import { Fault } from "#kit/errors.ts";
import { pageOf, pageSizeOf, readPageToken, textPart, timePart } from "#kit/page-token.ts";
import { forgetTimeOf, type Issuer } from "./access-tokens.ts";
import { etagOfTime, timeOfEtag } from "./etags.ts";
import { endOwnSession, listSessions, type OwnSession } from "./own-session-store.ts";
import type { RevocationFeed } from "./revocation-feed.ts";

export interface SessionDeps {
  readonly db: Db;
  readonly issuer: Issuer;
  readonly feed: Pick<RevocationFeed, "add">;
}

/** The rpcs of SessionService, in the order of the .proto. */
export function sessionService({
  db,
  issuer,
  feed,
}: SessionDeps): SessionServiceImplementation<CallExtras> {
  return {
    async listSessions({ pageSize, pageToken }, { call }) {
      const { userId, sessionId } = call.caller;
      const filter = ["sessions", userId];
      const size = pageSizeOf(pageSize);
      const key = readPageToken(pageToken, filter, [timePart, textPart]);
      const after = key && { createTime: key[0], id: key[1] };
      const found = await listSessions(db, userId, new Date(), { after, limit: size + 1 });
      const { rows, nextPageToken } = pageOf(found, size, filter, (one) => [
        one.createTime.toISOString(),
        one.id,
      ]);
      return { sessions: rows.map((row) => toMessage(row, sessionId)), nextPageToken };
    },

    async endSession({ id, etag }, { call }) {
      const { userId } = call.caller;
      const expireTime = forgetTimeOf(issuer);
      const revocation = { sessionId: id, userId, issuedBefore: undefined, expireTime };
      const ending = await endOwnSession(db, revocation, new Date(), timeOfEtag(etag));
      if (ending === "unknown") {
        throw new Fault("SESSION_NOT_FOUND", `no session ${id}`);
      }
      if (ending === "stale") {
        throw new Fault("STALE_ETAG", `session ${id} was used since it was read`);
      }
      feed.add(revocation);
      return {};
    },
  };
}

function toMessage(session: OwnSession, callersId: string): SessionMessage {
  const { id, device, address, createTime, lastUseTime, expireTime } = session;
  return {
    id,
    device,
    address,
    current: id === callersId,
    lastUseTime,
    expireTime,
    createTime,
    updateTime: lastUseTime,
    etag: etagOfTime(lastUseTime),
  };
}
