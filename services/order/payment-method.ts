/** What a new order is charged with. */
import type { Call } from "#kit/call.ts";
import { within } from "#kit/client.ts";
import { Fault } from "#kit/errors.ts";
import type { Payment } from "./others.ts";

export interface PaymentMethodDeps {
  readonly payment: Payment;
  /** Charged where neither the order nor its buyer names one; undefined: such an order is refused. */
  readonly defaultPaymentMethod: string | undefined;
}

const ASK_MS = 2_000;

/** The one that was named, or the buyer's saved default; MISSING_PAYMENT_METHOD if there is none. */
export async function paymentMethodOf(
  { payment, defaultPaymentMethod }: PaymentMethodDeps,
  userId: string,
  given: string | undefined,
  call: Call,
): Promise<string> {
  if (given) {
    return given;
  }
  const saved = await payment.getDefaultPaymentMethod({ userId }, within(call, ASK_MS));
  const method = saved.paymentMethod ?? defaultPaymentMethod;
  if (!method) {
    throw new Fault("MISSING_PAYMENT_METHOD", "paymentMethod is missing and none is saved");
  }
  return method;
}
