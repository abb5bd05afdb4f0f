import { Role } from "#gen/tradepost/policy/v1/policy.ts";
import {
  LockUserResponse,
  UnlockUserResponse,
  type UserAdminServiceImplementation,
} from "#gen/tradepost/user/v1/admin.ts";
import type { Revocation } from "#gen/tradepost/user/v1/user.ts";
import { audit } from "#kit/audit.ts";
import type { Call, CallExtras, RoleName } from "#kit/call.ts";
import { type Db, inTransaction, type Tx } from "#kit/db.ts";
import { once } from "#kit/idempotency.ts";
import type { Codec } from "#kit/json.ts";
import { pageOf, pageSizeOf, readPageToken, textPart, timePart } from "#kit/page-token.ts";
import { forgetTimeOf, type Issuer } from "./access-tokens.ts";
import { listUsers, revokeTokens } from "./admin-store.ts";
import { assignRoles, lock, refuseOwn, unlock } from "./administration.ts";
import { toMessage } from "./messages.ts";
import { endSessions } from "./password-store.ts";
import type { RevocationFeed } from "./revocation-feed.ts";
import { updateUser } from "./store.ts";
import { type Change, emailKey, type User } from "./user.ts";

export interface AdminDeps {
  readonly db: Db;
  readonly issuer: Issuer;
  readonly feed: Pick<RevocationFeed, "add">;
  /** Tells that events wait in the outbox. */
  readonly wake: () => void;
}

interface Act {
  readonly act: string;
  readonly id: string;
  readonly reason: string;
  readonly decide: (user: User, now: Date) => Change;
}

/** The rpcs of UserAdminService, in the order of the .proto. */
export function adminService({
  db,
  issuer,
  feed,
  wake,
}: AdminDeps): UserAdminServiceImplementation<CallExtras> {
  /** In effect with its row in the trail; answers what is to be told when it is committed. */
  async function carryOut(tx: Tx, call: Call, { act, id, reason, decide }: Act) {
    let before: User | undefined;
    const user = await updateUser(
      tx,
      id,
      (found) => {
        before = found;
        // Now that the row is held, and not before what it was waited for.
        return decide(found, new Date());
      },
      call.traceparent,
    );
    if (!before || before.version === user.version) {
      return { user, revocations: [] };
    }
    const revocations = await revoke(tx, before, user);
    await audit(tx, call, { act, target: id, reason, before: traced(before), after: traced(user) });
    return { user, revocations };
  }

  async function revoke(tx: Tx, before: User, { id, lockTime, tokensFrom }: User) {
    const forgetTime = forgetTimeOf(issuer);
    const revocations: Revocation[] = [];
    if (tokensFrom !== before.tokensFrom) {
      const all = { userId: id, sessionId: "", issuedBefore: tokensFrom, expireTime: forgetTime };
      await revokeTokens(tx, all);
      revocations.push(all);
    }
    if (lockTime) {
      const ending = { userId: id, exceptId: undefined, now: lockTime, forgetTime };
      revocations.push(...(await endSessions(tx, ending)));
    }
    return revocations;
  }

  function tell(revocations: readonly Revocation[]): void {
    for (const revocation of revocations) {
      feed.add(revocation);
    }
    wake();
  }

  /** The rpc that does that once for an idempotency key; its answers are those of `kept`. */
  async function onceFor(call: Call, kept: Codec<LockUserResponse>, act: Act) {
    let told: readonly Revocation[] = [];
    const answer = await once(db, call, kept, async (tx) => {
      const { user, revocations } = await carryOut(tx, call, act);
      told = revocations;
      return { user: toMessage(user) };
    });
    tell(told);
    return answer;
  }

  return {
    async listUsers({ email, pageSize, pageToken }) {
      const key = email === "" ? undefined : emailKey(email);
      const filter = ["users", key];
      const size = pageSizeOf(pageSize);
      const token = readPageToken(pageToken, filter, [timePart, textPart]);
      const after = token && { createTime: token[0], id: token[1] };
      const found = await listUsers(db, { emailKey: key, after, limit: size + 1 });
      const { rows, nextPageToken } = pageOf(found, size, filter, (user) => [
        user.createTime.toISOString(),
        user.id,
      ]);
      return { users: rows.map(toMessage), nextPageToken };
    },

    async setUserRoles({ id, roles, reason, etag }, { call }) {
      refuseOwn(call.caller.userId, id);
      const names = roles.map(nameOf);
      const { user, revocations } = await inTransaction(db, (tx) =>
        carryOut(tx, call, {
          ...{ act: "user.roles", id, reason },
          decide: (found, now) => assignRoles(found, names, etag, now),
        }),
      );
      tell(revocations);
      return { user: toMessage(user) };
    },

    async lockUser({ id, reason }, { call }) {
      refuseOwn(call.caller.userId, id);
      return onceFor(call, LockUserResponse, { act: "user.lock", id, reason, decide: lock });
    },

    async unlockUser({ id, reason }, { call }) {
      return onceFor(call, UnlockUserResponse, { act: "user.unlock", id, reason, decide: unlock });
    },
  };
}

/** The contract lets no other numbers in. */
function nameOf(role: Role): RoleName {
  const names = Object.keys(Role) as RoleName[];
  return names.find((name) => Role[name] === role) as RoleName;
}

/** For the trail: no name and no address, which are its person's. */
function traced({ roles, lockTime }: User): object {
  return { roles, isLocked: lockTime !== undefined };
}
