/**
 * What people and Stripe do, so that every way through the code is gone. Each ends by itself. The
 * mesh takes money on shipment: what is not sent is voided, what was sent is refunded.
 */
import { setTimeout as sleep } from "node:timers/promises";
import {
  cancelled,
  cancelledDuring,
  challenged,
  dispute,
  type Flow,
  insist,
  line,
  METHODS,
  ordered,
  refundOf,
  returned,
  savedCard,
  sent,
  ship,
  troubled,
  withFault,
} from "./steps.ts";

const confirmPath = "POST /v1/payment_intents/*/confirm";
const createPath = "POST /v1/payment_intents";
const capturePath = "POST /v1/payment_intents/*/capture";
const refundPath = "POST /v1/refunds";
/** Of what was paid. */
const aPart = { amount: { currencyCode: "USD", amount: "100" }, reason: "sweep" };

export const flows: Readonly<Record<string, Flow>> = {
  paid: (world) => ordered(world),
  "paid again": async (world) => {
    const key = world.key();
    const [first] = await ordered({ ...world, key: () => key });
    await ordered({ ...world, key: () => key });
    return first === undefined ? [] : [first];
  },
  declined: (world) => ordered(world, "pm_card_visa_chargeDeclined"),
  "paid by a card that there is not": (world) => ordered(world, "pm_card_nobodys"),
  "out of stock": (world) =>
    ordered(world, "pm_card_visa", [line, { product_id: "prod-200", quantity: 1 }]),
  cancelled: async (world) => {
    const ids = await ordered(world);
    await cancelled(world, ids[0]);
    return ids;
  },
  refunded: async (world) => {
    const ids = await sent(world);
    const path = await refundOf(world, ids[0]);
    const key = world.key();
    const refund = () => insist(world.support, path, aPart, key);
    await Promise.all([refund(), refund()]);
    return ids;
  },
  returned: (world) => returned(world, "pm_card_visa"),
  "returned, paid back slowly": (world) => returned(world, "pm_card_pendingRefund"),
  "refunded, answered 500": async (world) => {
    await troubled(world, { kind: "500_after", match: { path: refundPath } });
    return returned(world, "pm_card_visa");
  },
  "refused, for a dispute that is not heard of": async (world) => {
    const ids = await sent(world);
    const match = { type: "charge.dispute.created", orderId: ids[0] };
    await troubled(world, { kind: "webhook_delay", match, ms: 4_000 });
    await dispute(world, ids[0]);
    const path = await refundOf(world, ids[0]);
    // Nothing comes of it: who asks again hears of the dispute.
    await world.support.post(path, aPart).catch(() => {});
    return ids;
  },
  disputed: (world) => sent(world, "pm_card_createDispute"),
  "cancelled while its money is taken": async (world) => {
    const ids = await ordered(world);
    await troubled(world, { kind: "timeout_after", ms: 1_000, match: { path: capturePath } });
    const sending = ship(world, ids[0]);
    // Looked at below.
    sending.catch(() => {});
    await sleep(300);
    await cancelled(world, ids[0]);
    await sending;
    return ids;
  },
  "cancelled, without a key": async (world) => {
    const ids = await ordered(world);
    await world.buyer.post(`/api/v1/orders/${ids[0]}:cancel`, { reason: "sweep" }).catch(() => {});
    return ids;
  },
  "a card is saved, and forgotten while it pays": async (world) => {
    const id = await savedCard(world);
    const fault = { kind: "latency", times: 4, ms: 1_500, match: { path: confirmPath } };
    const paying = withFault(world, fault, id);
    // Looked at below.
    paying.catch(() => {});
    await sleep(700);
    await world.buyer.send("DELETE", `${METHODS}/${id}`).catch(() => {});
    return paying;
  },
  "sent twice": async (world) => {
    const ids = await sent(world);
    await ship(world, ids[0]);
    return ids;
  },
  "its person says yes": (world) => challenged(world, "success"),
  "its person says no": (world) => challenged(world, "fail"),
  "its person cancels": async (world) => {
    const ids = await ordered(world, "pm_card_threeDSecure2Required");
    await cancelled(world, ids[0]);
    return ids;
  },
  "answered as pending": (world) =>
    withFault(world, { kind: "latency", match: { path: confirmPath }, ms: 6_000 }),
  "cancelled while pending": (world) =>
    cancelledDuring(world, { kind: "latency", ms: 4_500, match: { path: confirmPath } }),
  "declined without an answer": (world) =>
    withFault(
      world,
      { kind: "timeout_after", match: { path: confirmPath }, ms: 300 },
      "pm_card_visa_chargeDeclined",
    ),
  "confirmed without an answer": (world) =>
    withFault(world, { kind: "timeout_after", match: { path: confirmPath }, ms: 300 }),
  "confirmed, answered 500": (world) =>
    withFault(world, { kind: "500_after", match: { path: confirmPath } }),
  "made, answered 500": (world) =>
    withFault(world, { kind: "500_after", match: { path: createPath } }),
  "told twice": (world) =>
    withFault(world, { kind: "webhook_duplicate", match: { type: "payment_intent.succeeded" } }),
  "told before the answer": (world) =>
    withFault(world, { kind: "webhook_before_reply", match: { path: confirmPath } }),
};
