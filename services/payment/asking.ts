// What is asked of Stripe for one payment: each step with the key that is derived from the order,
// and an outcome that is not known looked up by the intent's id.
import { findIntent, mayHaveIntent } from "./finding.ts";
import { type Intent, nextStep } from "./intent.ts";
import type { Payment } from "./payment.ts";
import { type Provider, withKeys } from "./provider.ts";

export interface Asking {
  /** Makes the payment's intent, which charges nothing yet. */
  create(payment: Payment): Promise<Intent>;
  confirm(payment: Payment, intentId: string): Promise<Intent>;
  capture(payment: Payment, intentId: string): Promise<Intent>;
  cancel(payment: Payment, intentId: string, why: "declined" | "undone"): Promise<Intent>;
  /** Ends an intent that is not the payment's: tidiness only, by a key that nothing else has. */
  leave(payment: Payment, intentId: string): void;
}

export function asking(provider: Provider): Asking {
  /** Reads an intent; nothing if it shows that what was asked for was not done. */
  const look = (intentId: string, isDone: (intent: Intent) => boolean) => async () => {
    const found = await provider.readIntent(intentId);
    return isDone(found) ? found : undefined;
  };
  return {
    async create(payment) {
      const find = () => findIntent(provider, payment);
      const found = mayHaveIntent(payment) ? await find() : undefined;
      return (
        found ??
        withKeys(
          `${payment.orderId}/create`,
          (key) => provider.createIntent({ ...payment, paymentId: payment.id }, key),
          // One that nobody knows of is never confirmed, so it may stay unknown; unless another
          // life confirmed it.
          async ({ isOthersKey }) => (isOthersKey ? find() : undefined),
        )
      );
    },

    confirm: ({ orderId }, intentId) =>
      withKeys(
        `${orderId}/confirm`,
        (key) => provider.confirmIntent(intentId, key),
        look(intentId, ({ state }) => state.kind !== "untried"),
      ),

    capture: ({ orderId }, intentId) =>
      withKeys(
        `${orderId}/capture`,
        (key) => provider.captureIntent(intentId, key),
        look(intentId, ({ state }) => state.kind !== "authorized"),
      ),

    cancel: ({ orderId }, intentId, why) =>
      withKeys(
        `${orderId}/${why === "declined" ? "cancel" : "undo"}`,
        (key) => provider.cancelIntent(intentId, key, why),
        look(intentId, ({ state }) => {
          const step = nextStep(state);
          return step !== undefined && "end" in step;
        }),
      ),

    leave({ orderId }, intentId) {
      provider.cancelIntent(intentId, `${orderId}/left/${intentId}`, "undone").catch(() => {});
    },
  };
}
