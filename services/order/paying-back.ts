/** Money and stock on their way back: of a checkout that failed, or of an order that was cancelled. */
import { within } from "#kit/client.ts";
import type { Db } from "#kit/db.ts";
import type { Drive, Saga } from "#kit/saga.ts";
import type { Payment, Product } from "./others.ts";
import { endSagas } from "./saga-store.ts";

interface Others {
  readonly product: Product;
  readonly payment: Payment;
}

/** Milliseconds; the payment service asks Stripe for at most 10,000. */
const REFUND_MS = 10_000;
const RELEASE_MS = 2_000;

/** Drives money and stock of a cancelled order back. */
export function payBack({ db, ...others }: Others & { readonly db: Db }): Drive<unknown> {
  return async (saga) => {
    await giveBack(others, saga, "order cancelled");
    await endSagas(db, [saga]);
  };
}

/** Done again it does nothing; what the others do not know of they will refuse from then on. */
export async function giveBack(
  { product, payment }: Others,
  saga: Saga,
  reason: string,
): Promise<void> {
  await Promise.all([
    payment.refund({ orderId: saga.id, reason }, within(saga, REFUND_MS)),
    product.releaseStock({ orderId: saga.id }, within(saga, RELEASE_MS)),
  ]);
}
