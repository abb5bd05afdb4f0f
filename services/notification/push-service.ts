/** The rpcs of PushService, in the order of the .proto. */
import {
  CreatePushSubscriptionResponse,
  type PushServiceImplementation,
  PushSubscription,
} from "#gen/tradepost/notification/v1/push.ts";
import type { CallExtras } from "#kit/call.ts";
import type { Db } from "#kit/db.ts";
import { invalidField } from "#kit/errors.ts";
import { once } from "#kit/idempotency.ts";
import { areKeys } from "./push-encryption.ts";
import {
  dropSubscriptions,
  type KeptSubscription,
  keepSubscription,
  type Subscription,
} from "./push-store.ts";
import type { Guard } from "./webhook-guard.ts";

export interface PushDeps {
  readonly db: Db;
  readonly guard: Guard;
}

export function pushService({ db, guard }: PushDeps): PushServiceImplementation<CallExtras> {
  return {
    createPushSubscription({ pushSubscription }, { call }) {
      const subscription = ofMessage(PushSubscription.fromPartial(pushSubscription ?? {}));
      guard.check(subscription.endpoint, "pushSubscription.endpoint");
      return once(db, call, CreatePushSubscriptionResponse, async (tx) => ({
        pushSubscription: toMessage(await keepSubscription(tx, call.caller.userId, subscription)),
      }));
    },

    async deletePushSubscriptions({ endpoint }, { call }) {
      await dropSubscriptions(db, call.caller.userId, endpoint);
      return {};
    },
  };
}

/** INVALID_FIELD for what no message can be written for. */
function ofMessage({ endpoint, keys, expirationTime }: PushSubscription): Subscription {
  const p256dh = Buffer.from(keys?.p256dh ?? "", "base64url");
  const auth = Buffer.from(keys?.auth ?? "", "base64url");
  if (!areKeys({ p256dh, auth })) {
    throw invalidField("pushSubscription.keys", "are not those of a browser", "push_keys");
  }
  return {
    endpoint,
    p256dh,
    auth,
    expirationTime: expirationTime === undefined ? null : timeOf(expirationTime),
  };
}

/** The last time that JavaScript knows, for one beyond it. */
function timeOf(milliseconds: bigint): Date {
  const last = 8_640_000_000_000_000n;
  return new Date(Number(milliseconds < last ? milliseconds : last));
}

function toMessage({ endpoint, p256dh, auth, ...times }: KeptSubscription): PushSubscription {
  const { expirationTime, createTime } = times;
  return {
    endpoint,
    keys: { p256dh: p256dh.toString("base64url"), auth: auth.toString("base64url") },
    expirationTime: expirationTime === null ? undefined : BigInt(expirationTime.getTime()),
    createTime,
  };
}
