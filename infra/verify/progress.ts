/** I10 and I11: orders go along the documented ways only, and all of them arrive. */
import { TRANSITIONS } from "../../services/order/transitions.ts";
import { allOf } from "./evidence.ts";
import { groupBy, type Invariant } from "./invariant.ts";

/** Seconds. */
const STUCK_AFTER = 60;

export const legalTransitions: Invariant = {
  id: "I10",
  name: "legal transitions only",
  reads: ["orders", "history"],
  rule:
    "each order's history is 1, 2, 3 … without a gap and a path through the table of " +
    "transitions; it ends with the order's state and sequence; nothing follows REJECTED, " +
    "CANCELLED or RETURNED",
  *find({ orders, history }) {
    const allowed = new Set(TRANSITIONS.map(({ from, to }) => `${from}>${to}`));
    const ended = ["REJECTED", "CANCELLED", "RETURNED"];
    const paths = groupBy(history, ({ order_id }) => order_id);
    for (const { id: orderId, status, sequence } of orders) {
      const rows = paths.get(orderId) ?? [];
      const states = rows.map((row) => row.status);
      const isPath = states.every((to, at) => allowed.has(`${states[at - 1]}>${to}`));
      const isDense = rows.every((row, at) => row.sequence === at + 1);
      const goesOn = states.some(
        (to, at) => ended.includes(states[at - 1] ?? "") && to !== states[at - 1],
      );
      if (!isPath || !isDense || goesOn) {
        yield { what: "a history is no legal path", orderId, states };
      }
      if (states.at(-1) !== status || rows.length !== sequence) {
        yield { what: "a history does not end where its order is", orderId, states, status };
      }
    }
  },
};

export const nothingStuck: Invariant = {
  id: "I11",
  name: "nothing is stuck",
  reads: ["orders", "sagas", "outbox", "payments", "refunds", "reservations"],
  rule:
    `no saga that has not moved for ${STUCK_AFTER} s, but for one that waits for its person; no ` +
    `outbox row older than ${STUCK_AFTER} s that waits; no PENDING order without a saga`,
  *find({ orders, sagas, outbox, payments }) {
    const waiting = new Set(
      payments.filter(({ status }) => status === "requires_action").map((row) => row.order_id),
    );
    for (const { id, kind, step, attempts, idle_seconds: seconds } of sagas) {
      if (seconds > STUCK_AFTER && !waiting.has(id)) {
        yield { what: "a saga is stuck", kind, id, step, attempts, seconds: Math.round(seconds) };
      }
    }
    for (const { event_id: eventId, topic, service, waits, age_seconds } of allOf(outbox)) {
      if (waits && age_seconds > STUCK_AFTER) {
        const seconds = Math.round(age_seconds);
        yield { what: "an event waits in its outbox", eventId, topic, service, seconds };
      }
    }
    for (const { id: orderId, status, moving } of orders) {
      if (status === "PENDING" && !moving) {
        yield { what: "a pending order has no saga", orderId };
      }
    }
  },
};
