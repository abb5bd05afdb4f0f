/** What a checkout asks of the others: each may be asked again and answers the same. */
import { Payment_Capture, Payment_Status } from "#gen/tradepost/payment/v1/payment.ts";
import { within } from "#kit/client.ts";
import type { Saga } from "#kit/saga.ts";
import { hold } from "./holding.ts";
import type { NextAction, Order } from "./order.ts";
import type { Payment, Product } from "./others.ts";
import { sharesOf } from "./totals.ts";

/** Milliseconds; the payment service asks Stripe for at most 10,000. */
const RESERVE_MS = 2_000;
const CHARGE_MS = 10_000;

const CAPTURE = {
  AUTOMATIC: Payment_Capture.AUTOMATIC,
  ON_SHIPMENT: Payment_Capture.ON_SHIPMENT,
} satisfies Record<Order["capture"], Payment_Capture>;

/** The order at the prices at which its stock is held. */
export async function reserve(product: Product, saga: Saga, order: Order): Promise<Order> {
  const { id, lines } = order;
  const reservation = await product.reserveStock(
    { orderId: id, lines: lines.map(({ productId, quantity }) => ({ productId, quantity })) },
    within(saga, RESERVE_MS),
  );
  const held = reservation.lines.map((line) => ({
    productId: line.productId,
    merchantId: line.merchantId,
    name: line.name,
    unitPrice: line.unitPrice?.amount ?? 0n,
    currency: line.unitPrice?.currencyCode ?? "",
  }));
  return hold(order, held);
}

export interface Charged {
  readonly paymentId: string;
  /** The payment waits for its person to do this. */
  readonly nextAction: NextAction | undefined;
}

/** The charge of a held order's total: charged, authorised, or waiting. */
export async function charge(payment: Payment, saga: Saga, order: Order): Promise<Charged> {
  const { id, userId, totals, lines, paymentMethod, capture } = order;
  if (!totals) {
    throw new Error(`order ${id} has no total to charge`);
  }
  const money = (amount: bigint) => ({ currencyCode: totals.currency, amount });
  const shares = [...sharesOf(totals, lines)].map(([merchantId, amount]) => ({
    merchantId,
    amount: money(amount),
  }));
  const { payment: charged } = await payment.charge(
    {
      orderId: id,
      userId,
      amount: money(totals.total),
      paymentMethod,
      shares,
      capture: CAPTURE[capture],
    },
    within(saga, Math.min(CHARGE_MS, saga.giveUpAt - Date.now())),
  );
  switch (charged?.status) {
    case Payment_Status.SUCCEEDED:
    case Payment_Status.AUTHORIZED:
      return { paymentId: charged.id, nextAction: undefined };
    case Payment_Status.REQUIRES_ACTION: {
      const { type = "", url = "", clientSecret = "" } = charged.nextAction ?? {};
      return { paymentId: charged.id, nextAction: { type, url, clientSecret } };
    }
    default:
      throw new Error(`the charge of order ${id} was answered with ${charged?.status}`);
  }
}
