/** For tests only: what a bank says of an order's payment, as payment's topic tells it. */
import { PaymentEvent } from "#gen/tradepost/payment/v1/events.ts";
import { Dispute_Status } from "#gen/tradepost/payment/v1/payment.ts";
import { type Db, inTransaction } from "#kit/db.ts";
import { disputes } from "./disputes.ts";
import type { Played } from "./testing-played.ts";

export async function sayDispute(
  { db, others }: { readonly db: Db; readonly others: Played },
  orderId: string,
  said: "open" | "won" | "lost",
): Promise<void> {
  const payment = others.payments.get(orderId);
  if (payment) {
    payment.disputed = said === "open";
  }
  const status = { open: Dispute_Status.OPEN, won: Dispute_Status.WON, lost: Dispute_Status.LOST };
  const dispute = { id: "dp_1", status: status[said], amount: undefined, reason: "fraudulent" };
  const value = PaymentEvent.fromPartial({
    orderId,
    fact:
      said === "open"
        ? { $case: "disputed", value: { dispute } }
        : { $case: "disputeClosed", value: { dispute } },
  });
  const of = (about: PaymentEvent) => ({
    ...{ id: "", type: "", key: "", time: new Date(), partition: 0, offset: 0n },
    value: about,
  });
  // A payment of an order that is not here is nobody's error.
  const events = [of(value), of({ ...value, orderId: "unknown" })];
  await inTransaction(db, (tx) => disputes.handle(events, tx));
}
