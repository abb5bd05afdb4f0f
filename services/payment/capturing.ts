// Takes the money of an authorised payment, once.
import { type Db, named } from "#kit/db.ts";
import { Fault } from "#kit/errors.ts";
import { asking } from "./asking.ts";
import type { Charging, Origin } from "./charging.ts";
import { joined } from "./joined.ts";
import { captured, type Payment, wasAsked } from "./payment.ts";
import { type Provider, Refused } from "./provider.ts";
import { paymentOfOrder } from "./reading.ts";
import { type PaymentRow, paymentColumns, toPayment } from "./rows.ts";

export interface CapturingDeps {
  readonly db: Db;
  readonly provider: Provider;
  readonly charging: Charging;
}

export interface Capturing {
  /** Captures once, however often it is asked; throws what Capture is to answer. */
  capture(orderId: string, origin: Origin): Promise<Payment>;
  /** The capture that this process is busy with. */
  running(orderId: string): Promise<unknown> | undefined;
}

export function createCapturing({ db, provider, charging }: CapturingDeps): Capturing {
  const ask = asking(provider);
  const captures = joined<Payment>();

  async function capture(orderId: string, origin: Origin): Promise<Payment> {
    const payment = (await beginCapture(db, orderId)) ?? (await paymentOfOrder(db, orderId));
    if (!payment || !wasAsked(payment)) {
      throw new Fault("PAYMENT_NOT_FOUND", `order ${orderId} has no payment`);
    }
    if (payment.status !== "authorized" || payment.closed || payment.intentId === undefined) {
      return captured(payment);
    }
    return captured(await take(payment, payment.intentId, origin));
  }

  async function take(payment: Payment, intentId: string, origin: Origin): Promise<Payment> {
    try {
      return await charging.record(payment, await ask.capture(payment, intentId), origin);
    } catch (error) {
      if (!(error instanceof Refused)) {
        throw error;
      }
      const intent = await provider.readIntent(intentId);
      // Refused, though it is still set aside: nothing will come of it, so it is given back.
      return intent.state.kind === "authorized"
        ? charging.refuse(payment, intentId, error.code, origin)
        : charging.record(payment, intent, origin);
    }
  }

  return {
    capture: (orderId, origin) => captures.run(orderId, () => capture(orderId, origin)),
    running: (orderId) => captures.running(orderId),
  };
}

/**
 * Notes that the money is being taken, after which the payment keeps its intent: of all that were
 * ever authorised for it, only this one can be captured.
 */
export async function beginCapture(db: Db, orderId: string): Promise<Payment | undefined> {
  const { rows } = await db.query<PaymentRow>(updateCapturing([orderId]));
  return rows[0] && toPayment(rows[0]);
}

const updateCapturing = named(
  "payment.begin-capture",
  `update payments
      set capturing = true, version = version + (not capturing)::int,
          updated_at = date_trunc('milliseconds', now())
    where order_id = $1 and status = 'authorized' and not closed
   returning ${paymentColumns}`,
);
