/** For tests only: what must be true of an order at any moment, and once nothing is under way. */
import assert from "node:assert/strict";
import type { Order } from "./order.ts";
import { paidBack } from "./returns.ts";
import { getOrder } from "./store.ts";
import type { LifeHouse } from "./testing-life.ts";
import { FINAL, type Status, TRANSITIONS } from "./transitions.ts";

interface HistoryRow {
  sequence: number;
  status: Status;
  event: string;
}

/** History is a path in the table without a gap, events are the history, the row is its end. */
export async function checkStory({ db }: LifeHouse, id: string): Promise<Order> {
  const order = await getOrder(db, id, "all");
  const history = await db.query<HistoryRow>(
    "select sequence, status, event from order_history where order_id = $1 order by sequence",
    [id],
  );
  let from: Status | undefined;
  for (const [index, { sequence, status, event }] of history.rows.entries()) {
    assert.equal(sequence, index + 1);
    const isInTable = TRANSITIONS.some(
      (row) => row.from === from && row.to === status && row.event === event,
    );
    assert.ok(isInTable, `${from} → ${status} by ${event}`);
    from = status;
  }
  assert.equal(order.status, from);
  assert.equal(order.sequence, history.rows.length);
  const events = await db.query<{ type: string; payload: string }>(
    "select type, payload from outbox where key = $1 order by id",
    [id],
  );
  assert.deepEqual(
    events.rows.map(({ type, payload }) => {
      const { sequence, status } = JSON.parse(payload);
      return { event: type.split(".").at(-1), sequence: Number(sequence), status };
    }),
    history.rows.map(({ event, sequence, status }) => ({ event, sequence, status })),
  );
  return order;
}

/** Money and stock are where the order's state says. */
export async function checkRest(house: LifeHouse, id: string): Promise<void> {
  const order = await checkStory(house, id);
  const { payments, reservations, returned } = house.others;
  const payment = payments.get(id);
  const net = payment?.status === "succeeded" ? payment.amount - payment.refunded : 0n;
  const pieces = order.lines.reduce((sum, line) => sum + line.returnedQuantity, 0);
  assert.equal(returned.get(id) ?? 0, pieces);
  assert.notEqual(order.status, "PENDING");
  if (FINAL.has(order.status)) {
    assert.equal(net, 0n);
  } else {
    assert.equal(net, (order.totals?.total ?? 0n) - paidBack(order));
  }
  const isOff = order.status === "REJECTED" || order.status === "CANCELLED";
  assert.equal(reservations.get(id), isOff ? "closed" : "sold");
}
