// For tests only: what must be true of an order's money, at Stripe and in the books.
import assert from "node:assert/strict";
import type { Db } from "#kit/db.ts";
import type { StartedPayments } from "./testing.ts";

/** The balance of each account of one order. */
export async function balances(db: Db, orderId: string): Promise<Record<string, bigint>> {
  const { rows } = await db.query<{ account: string; balance: bigint }>(
    `select account, sum(amount)::bigint as balance from ledger_entries
      where order_id = $1 group by account order by account`,
    [orderId],
  );
  return Object.fromEntries(rows.map(({ account, balance }) => [account, balance]));
}

/** The names of an order's events with their numbers, in the order of writing. */
export async function eventsOf(db: Db, orderId: string): Promise<[string, string][]> {
  const { rows } = await db.query<{ type: string; payload: string }>(
    `select type, payload from outbox where payload::jsonb ->> 'orderId' = $1 order by id`,
    [orderId],
  );
  return rows.map(({ type, payload }) => [
    type.slice("tradepost.payment.v1.".length),
    JSON.parse(payload).sequence,
  ]);
}

/** Charged once, in the books once, told once. */
export async function assertChargedOnce(mesh: StartedPayments, orderId: string): Promise<void> {
  const known = await mesh.atStripe(orderId);
  assert.equal(known?.succeeded.length, 1, "succeeded intents");
  assert.equal(known?.captured, 1_000);
  assert.deepEqual(await balances(mesh.db, orderId), {
    cash: 1_000n - 59n,
    fees: 59n,
    "merchant:m-1": -700n,
    "merchant:m-2": -200n,
    shop: -100n,
  });
  assert.deepEqual(await eventsOf(mesh.db, orderId), [["PaymentSucceeded", "1"]]);
}

/** Whatever happened: at Stripe nothing is left, the books agree, and the events have no gap. */
export async function assertUndone(mesh: StartedPayments, orderId: string): Promise<void> {
  const known = await mesh.atStripe(orderId);
  const captured = known?.captured ?? 0;
  assert.ok((known?.succeeded.length ?? 0) <= 1, "one succeeded intent at most");
  assert.equal(known?.refunded ?? 0, captured, "all is paid back");
  const { cash = 0n, fees = 0n, ...owed } = await balances(mesh.db, orderId);
  assert.equal(cash, -fees, "only the fee is lost");
  assert.equal(Number(fees), known?.fees ?? 0, "the fee is Stripe's");
  assert.ok(
    Object.values(owed).every((balance) => balance === 0n),
    "nothing is owed",
  );
  const numbers = (await eventsOf(mesh.db, orderId)).map(([, number]) => Number(number));
  assert.deepEqual(
    numbers,
    numbers.map((_, index) => index + 1),
  );
}

/** Asks again as a saga does, until the answer is one that stays. */
export async function untilKnown<T>(ask: () => Promise<T>, tries = 20): Promise<T> {
  for (let number = 1; ; number++) {
    try {
      return await ask();
    } catch (error) {
      const reason = (error as { reason?: string }).reason ?? "";
      const isUnknown = ["DEPENDENCY_DOWN", "DEADLINE_EXCEEDED", "INTERNAL"].includes(reason);
      if (!isUnknown || number >= tries) {
        throw error;
      }
    }
  }
}

/** The reason of the fault that a call is refused with. */
export async function reasonOf(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => "none",
    (error: { reason?: string; message: string }) => error.reason ?? error.message,
  );
}
