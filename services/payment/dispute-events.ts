// What topic `payments` hears of disputes.

import type { OutgoingEvent } from "#kit/outbox.ts";
import type { DisputeChange } from "./dispute.ts";
import { outgoing } from "./events.ts";
import { disputeMessage } from "./messages.ts";
import type { Payment } from "./payment.ts";

/** One for each thing that is new, in order; a dispute may be heard of when it is over. */
export function disputedEvents(
  before: Payment,
  { opened, closed, dispute, lost }: DisputeChange,
  told: { readonly time: Date; readonly traceparent: string },
): OutgoingEvent[] {
  const events: OutgoingEvent[] = [];
  let { sequence } = before;
  if (opened) {
    sequence += 1n;
    const asOpen = disputeMessage({ ...dispute, status: "open" }, before.currency);
    const fact = { $case: "disputed", value: { dispute: asOpen } } as const;
    events.push(outgoing("PaymentDisputed", { ...before, sequence }, fact, told));
  }
  if (closed) {
    sequence += 1n;
    const after = { ...before, sequence, refunded: before.refunded + lost };
    const value = { dispute: disputeMessage(dispute, before.currency) };
    const fact = { $case: "disputeClosed", value } as const;
    events.push(outgoing("PaymentDisputeClosed", after, fact, told));
  }
  return events;
}
