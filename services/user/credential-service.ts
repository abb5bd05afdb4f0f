import type { CredentialServiceImplementation } from "#gen/tradepost/user/v1/credential.ts";
import type { CallExtras } from "#kit/call.ts";
import { inTransaction } from "#kit/db.ts";
import { Fault } from "#kit/errors.ts";
import { uuidPart } from "#kit/page-token.ts";
import { uuidv7 } from "#kit/uuid.ts";
import { countAttempt } from "./attempts.ts";
import { addressPrefix } from "./lock.ts";
import { expiryOf, spent, usable } from "./mail-rules.ts";
import {
  addToken,
  askForReset,
  askForVerification,
  findRequest,
  findToken,
  useUp,
} from "./mail-store.ts";
import { changePassword, type PasswordDeps, resetPassword } from "./password-changing.ts";
import { hashOf, newSecret } from "./secrets.ts";
import { pairOf } from "./sign-in-store.ts";
import { updateUser } from "./store.ts";
import { emailKey, verifyEmail } from "./user.ts";
import { whereaboutsOf } from "./whereabouts.ts";

/** The rpcs of CredentialService, in the order of the .proto. */
export function credentialService(deps: PasswordDeps): CredentialServiceImplementation<CallExtras> {
  const { db, wake } = deps;
  return {
    async verifyEmail({ token }, { call }) {
      const { traceparent, signal } = call;
      const now = new Date();
      if (token === undefined) {
        const { userId } = call.caller;
        if (userId === "") {
          throw new Fault(
            "MISSING_CREDENTIALS",
            "sign in to be sent another mail, or name a token",
          );
        }
        await countAttempt(db, pairOf(userId, "verify-email"), signal);
        await askForVerification(db, userId, { id: uuidv7(), traceparent, now });
        return {};
      }
      const request = usable(await findToken(db, hashOf(token), "verify_email"), now);
      await inTransaction(db, async (tx) => {
        await updateUser(tx, request.userId, (user) => verifyEmail(user, now), traceparent);
        if (!(await useUp(tx, request.userId, request.kind, now)).has(request.id)) {
          throw spent();
        }
      });
      wake();
      return {};
    },

    async forgotPassword({ email }, { call, metadata }) {
      const key = emailKey(email);
      const prefix = addressPrefix(whereaboutsOf(metadata).address);
      await countAttempt(db, pairOf(key, `forgot ${prefix}`), call.signal);
      const { traceparent } = call;
      await askForReset(db, key, { id: uuidv7(), traceparent, now: new Date() });
      return {};
    },

    async resetPassword({ token, newPassword }, { call }) {
      await resetPassword(deps, token, newPassword, call);
      return {};
    },

    async changePassword({ currentPassword, newPassword }, { call }) {
      await changePassword(deps, currentPassword, newPassword, call);
      return {};
    },

    async issueMailToken({ eventId }) {
      const id = uuidPart(eventId);
      const request = id === undefined ? undefined : await findRequest(db, id);
      const expireTime = request && expiryOf(request, new Date());
      if (!request || !expireTime) {
        return { token: undefined, expireTime: undefined };
      }
      const { token, hash } = newSecret();
      await addToken(db, request.id, hash, expireTime);
      return { token, expireTime };
    },
  };
}
