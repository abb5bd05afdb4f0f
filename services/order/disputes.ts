/** What a bank's doubts are to an order: noted in its history, and no refund until they are decided. */
import { PaymentEvent } from "#gen/tradepost/payment/v1/events.ts";
import { Dispute_Status } from "#gen/tradepost/payment/v1/payment.ts";
import { newTraceparent } from "#kit/incoming.ts";
import { jsonCodec } from "#kit/json.ts";
import { type Heard, type Subscription, subscription } from "#kit/subscription.ts";
import { type Move, moveOrders } from "./moving.ts";
import { move, type Order } from "./order.ts";
import type { Change } from "./steps.ts";
import { lockOrders } from "./store.ts";

interface Doubt {
  readonly orderId: string;
  readonly disputeId: string;
  /** In Stripe's words. */
  readonly reason: string;
  /** undefined: not decided. */
  readonly won: boolean | undefined;
  readonly at: Date;
}

export const disputes: Subscription = subscription({
  topic: "payments",
  decode: jsonCodec(PaymentEvent),
  async handle(events, tx) {
    const doubts = events.flatMap(doubtOf);
    if (doubts.length === 0) {
      return;
    }
    const ids = new Set(doubts.map(({ orderId }) => orderId));
    const orders = await lockOrders(tx, [...ids]);
    const moves = orders.map((order): Move => {
      const own = doubts.filter(({ orderId }) => orderId === order.id);
      return { changes: notedAll(order, own), traceparent: newTraceparent() };
    });
    await moveOrders(tx, moves);
  },
});

/** Pure. A dispute that comes while the checkout is under way only moves the order's sequence. */
function noted(order: Order, { disputeId, reason, won, at }: Doubt): Change {
  const others = order.openDisputes.filter((id) => id !== disputeId);
  if (won === undefined) {
    const disputed = { ...order, openDisputes: [...others, disputeId] };
    return move(disputed, { event: "OrderDisputed", disputeId }, reason, "payment", at);
  }
  const decided = { ...order, openDisputes: others };
  const words = won ? "WON" : "LOST";
  return move(decided, { event: "OrderDisputeClosed", disputeId, won }, words, "payment", at);
}

function notedAll(order: Order, doubts: readonly Doubt[]): Change[] {
  const changes: Change[] = [];
  for (const doubt of doubts) {
    changes.push(noted(changes.at(-1)?.order ?? order, doubt));
  }
  return changes;
}

function doubtOf({ time: at, value: { orderId, fact } }: Heard<PaymentEvent>): Doubt[] {
  if (fact?.$case !== "disputed" && fact?.$case !== "disputeClosed") {
    return [];
  }
  const { id: disputeId = "", reason = "", status } = fact.value.dispute ?? {};
  const won = fact.$case === "disputed" ? undefined : status === Dispute_Status.WON;
  return [{ orderId, disputeId, reason, won, at }];
}
