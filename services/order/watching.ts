/** WatchOrder: the order now, then each change, until nothing can follow. */
import type { WatchOrderResponse } from "#gen/tradepost/order/v1/order.ts";
import type { Call } from "#kit/call.ts";
import type { Db } from "#kit/db.ts";
import type { Changes } from "./changes.ts";
import { toMessageFor } from "./messages.ts";
import type { Sight } from "./sight.ts";
import { getOrder } from "./store.ts";
import { FINAL } from "./transitions.ts";

/** How often to look for changes that another replica made, in milliseconds. */
const LOOK_MS = 250;

/**
 * `cursor` is the sequence of the last change that the caller has seen; any
 * replica understands it. What it does not understand counts as none.
 */
export async function* watchOrder(
  deps: { readonly db: Db; readonly changes: Changes },
  id: string,
  sight: Sight,
  cursor: string,
  call: Call,
): AsyncIterable<WatchOrderResponse> {
  const toMessage = toMessageFor(sight);
  let seen = /^\d{1,9}$/.test(cursor) ? Number(cursor) : 0;
  while (!call.signal.aborted) {
    // Listening begins before the look, so that no change falls between the two.
    const changed = deps.changes.next(id, LOOK_MS);
    const order = await getOrder(deps.db, id, sight);
    if (order.sequence > seen) {
      seen = order.sequence;
      yield { order: toMessage(order), cursor: String(seen) };
    }
    if (FINAL.has(order.status)) {
      return;
    }
    await changed;
  }
}
