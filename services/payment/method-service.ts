// The rpcs of saved payment methods.
import {
  CreatePaymentMethodResponse,
  type PaymentMethod as MethodMessage,
  type PaymentServiceImplementation,
  SetDefaultPaymentMethodResponse,
} from "#gen/tradepost/payment/v1/payment.ts";
import type { CallExtras } from "#kit/call.ts";
import { Fault } from "#kit/errors.ts";
import { once } from "#kit/idempotency.ts";
import { newestPage } from "#kit/newest-page.ts";
import { detach } from "./method-forgetting.ts";
import type { Setup } from "./method-provider.ts";
import { ownMethod, type SavingDeps, saveFor } from "./method-saving.ts";
import {
  defaultMethodOf,
  deleteMethod,
  findMethod,
  listMethods,
  type Method,
  setDefault,
} from "./method-store.ts";

type MethodRpcs = Pick<
  PaymentServiceImplementation<CallExtras>,
  | "listPaymentMethods"
  | "createPaymentMethod"
  | "deletePaymentMethod"
  | "setDefaultPaymentMethod"
  | "getDefaultPaymentMethod"
>;

export function methodRpcs({ db, provider }: SavingDeps): MethodRpcs {
  return {
    async listPaymentMethods(request, { call }) {
      const { userId } = call.caller;
      const filter = ["payment-methods", userId];
      const { rows, nextPageToken } = await newestPage(request, filter, (page) =>
        listMethods(db, userId, page),
      );
      return { paymentMethods: rows.map(methodMessage), nextPageToken };
    },

    async createPaymentMethod({ paymentMethod }, { call }) {
      const saved = await saveFor({ db, provider }, call.caller.userId, paymentMethod, call);
      // Repeats of a key ask Stripe again with the same one, which does nothing twice.
      return once(db, call, CreatePaymentMethodResponse, async () => ({
        paymentMethod: "method" in saved ? methodMessage(saved.method) : setupMessage(saved.setup),
      }));
    },

    async deletePaymentMethod({ id, etag }, { call }) {
      const { userId } = call.caller;
      if (!(await deleteMethod(db, userId, id, etag))) {
        ownMethod(await findMethod(db, id), userId);
        throw new Fault("STALE_ETAG", `payment method ${id} is not as its etag says`);
      }
      // What fails here is done by the recovery.
      detach({ db, provider }, id).catch(() => {});
      return {};
    },

    setDefaultPaymentMethod({ id }, { call }) {
      const { userId } = call.caller;
      return once(db, call, SetDefaultPaymentMethodResponse, async () => {
        await setDefault(db, userId, id);
        return { paymentMethod: methodMessage(ownMethod(await findMethod(db, id), userId)) };
      });
    },

    async getDefaultPaymentMethod({ userId }) {
      return { paymentMethod: await defaultMethodOf(db, userId) };
    },
  };
}

function methodMessage(method: Method): MethodMessage {
  const { id, brand, last4, expMonth, expYear, isDefault, createTime } = method;
  return {
    ...{ id, brand, last4, expMonth, expYear, isDefault, createTime },
    etag: String(method.version),
    setup: undefined,
  };
}

function setupMessage({ id, clientSecret, action: nextAction }: Setup): MethodMessage {
  return {
    ...{ id: "", brand: "", last4: "", expMonth: 0, expYear: 0, isDefault: false },
    createTime: undefined,
    etag: "",
    setup: { id, clientSecret, nextAction },
  };
}
