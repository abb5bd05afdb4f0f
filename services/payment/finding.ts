// The intent of an order for which this database knows none, though Stripe may: its answer was lost,
// or the database was brought back to a time before it (docs/disaster.md). Then another life went
// on from there, and may have charged.
import { timeOf } from "#kit/uuid.ts";
import type { Intent, IntentState } from "./intent.ts";
import type { Payment } from "./payment.ts";
import { type Provider, Refused } from "./provider.ts";

/** Stripe forgets keys after 24 h at the soonest; until then they bring the same intent back. */
const KEYS_LAST_MS = 12 * 3_600_000;

/** Whether its order is so old that a key alone does not show what was made for it. */
export function mayHaveIntent({ orderId }: Payment): boolean {
  const madeAt = timeOf(orderId);
  return madeAt !== undefined && Date.now() - madeAt > KEYS_LAST_MS;
}

/** Those that went furthest first. A cancelled one can never be charged. */
const RANK: readonly IntentState["kind"][] = [
  "succeeded",
  "authorized",
  "underWay",
  "needsPerson",
  "declined",
  "untried",
];

/** Refused where there is one of another amount: no second one may be made beside it. */
export async function findIntent(
  provider: Provider,
  { orderId, amount, currency }: Payment,
): Promise<Intent | undefined> {
  const intents = await provider.intentsOf(orderId);
  const [found] = intents
    .filter(({ state }) => state.kind !== "cancelled")
    .sort((a, b) => RANK.indexOf(a.state.kind) - RANK.indexOf(b.state.kind));
  if (found && (found.amount !== amount || found.currency !== currency)) {
    throw new Refused("amount_differs", undefined);
  }
  return found;
}
