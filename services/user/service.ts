import { Role } from "#gen/tradepost/policy/v1/policy.ts";
import type { UpdateMeRequest, UserServiceImplementation } from "#gen/tradepost/user/v1/user.ts";
import type { CallExtras } from "#kit/call.ts";
import { type Db, inTransaction } from "#kit/db.ts";
import { Fault, invalidField } from "#kit/errors.ts";
import type { Verify } from "#kit/tokens.ts";
import { uuidv7 } from "#kit/uuid.ts";
import { forgetTimeOf, type Issuer, issueToken } from "./access-tokens.ts";
import type { Keyring } from "./keyring.ts";
import { toMessage, toProfile } from "./messages.ts";
import { weakness } from "./password-rules.ts";
import type { Passwords } from "./passwords.ts";
import { refresh, type Session } from "./refresh-tokens.ts";
import type { RevocationFeed } from "./revocation-feed.ts";
import { refuseRevoked } from "./revocation-store.ts";
import { endSession } from "./session-store.ts";
import { signIn } from "./sign-in.ts";
import { addUsers, getUser, updateUser } from "./store.ts";
import { type Changes, checkName, open, update } from "./user.ts";
import { whereaboutsOf } from "./whereabouts.ts";

export interface Deps {
  readonly db: Db;
  readonly passwords: Passwords;
  readonly keyring: Keyring;
  readonly issuer: Issuer;
  /** What a token says, whether its session has ended or not. */
  readonly verify: Verify;
  readonly feed: Pick<RevocationFeed, "add" | "watch">;
  /** Tells that events wait in the outbox. */
  readonly wake: () => void;
}

/** The rpcs of UserService, in the order of the .proto. */
export function userService(deps: Deps): UserServiceImplementation<CallExtras> {
  const { db, passwords, keyring, issuer, verify, feed, wake } = deps;

  async function tokensOf({ user, sessionId, refreshToken }: Session) {
    const accessToken = await issueToken(issuer, user, sessionId);
    return { accessToken, refreshToken, expiresIn: issuer.seconds, user: toMessage(user) };
  }

  return {
    async register({ email, password, fullName }, { call }) {
      checkName("fullName", fullName);
      const why = weakness(password, email);
      if (why) {
        throw invalidField("password", why, "password.common");
      }
      // Before anybody looks whether the e-mail is free, so that both take the same time.
      const passwordHash = await passwords.hash(password, call.signal);
      const account = open({ id: uuidv7(), email, fullName }, new Date());
      const opening = { ...account, passwordHash, verificationId: uuidv7() };
      const added = await addUsers(db, [opening], call.traceparent);
      if (!added.has(account.user.id)) {
        throw new Fault("EMAIL_TAKEN", "there is an account with this e-mail");
      }
      wake();
      return { user: toMessage(account.user) };
    },

    async login({ email, password }, { call, metadata }) {
      const { signal } = call;
      const from = whereaboutsOf(metadata);
      return await tokensOf(await signIn(db, passwords, { email, password, from, signal }));
    },

    async refresh({ refreshToken }, { metadata }) {
      const from = whereaboutsOf(metadata);
      return await tokensOf(await refresh(db, feed, refreshToken, forgetTimeOf(issuer), from));
    },

    async logout(_request, { call }) {
      const { sessionId, userId } = call.caller;
      const expireTime = forgetTimeOf(issuer);
      const revocation = { sessionId, userId, issuedBefore: undefined, expireTime };
      await endSession(db, revocation, new Date());
      feed.add(revocation);
      return {};
    },

    async verifyToken({ accessToken }) {
      const claims = await verify(accessToken);
      // Asked of the database, because who asks may be one that does not hear revocations.
      await refuseRevoked(db, claims);
      const { userId, sessionId, roles, expireTime } = claims;
      return { userId, sessionId, roles: roles.map((role) => Role[role]), expireTime };
    },

    async getMe(_request, { call }) {
      return { user: toMessage(await getUser(db, call.caller.userId)) };
    },

    async updateMe(request, { call }) {
      const changes = changesOf(request);
      const user = await inTransaction(db, (tx) =>
        updateUser(
          tx,
          call.caller.userId,
          (before) => update(before, changes, request.etag, new Date()),
          call.traceparent,
        ),
      );
      wake();
      return { user: toMessage(user) };
    },

    async getProfile({ id }) {
      return { profile: toProfile(await getUser(db, id)) };
    },

    async getJwks() {
      return { keys: [...keyring.jwks] };
    },

    watchRevocations(_request, { call }) {
      return feed.watch(call.signal);
    },
  };
}

/** Without a mask, the fields that are set. */
function changesOf({ user, updateMask }: UpdateMeRequest): Changes {
  const fullName = user?.fullName ?? "";
  const paths = updateMask ?? (fullName === "" ? [] : ["full_name"]);
  const unknown = paths.find((path) => path !== "full_name" && path !== "*");
  if (unknown !== undefined) {
    throw invalidField("updateMask", `${unknown} cannot be changed`, "field_mask.known");
  }
  return paths.length === 0 ? {} : { fullName: checkName("user.fullName", fullName) };
}
