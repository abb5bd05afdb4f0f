/** Each order's history is looked for among the ways that the model knows. */
import type { Mesh } from "../../infra/dev/mesh.ts";
import { ask } from "../../infra/verify/evidence.ts";
import type { Counterexample } from "../../infra/verify/invariant.ts";
import { type ObservedOrder, replay } from "../model/replay.ts";

export const REPLAY = `-- order_history, payment's outbox, stock_movements, reservations
for each order there is a path of tests/model that tells exactly this`;

const HISTORY = `select h.order_id, o.capture = 'ON_SHIPMENT' as on_shipment,
       jsonb_agg(jsonb_build_object('sequence', h.sequence, 'event', h.event)
                 order by h.sequence) as steps
  from order_history h join orders o on o.id = h.order_id
 group by 1, 2`;
const PAYMENT = `select payload::jsonb ->> 'orderId' as order_id,
       jsonb_agg(jsonb_build_object('sequence', (payload::jsonb ->> 'sequence')::int,
                                    'event', regexp_replace(type, '.*[.]', '')) order by id) as steps
  from outbox where topic = 'payments' group by 1`;
// In the order of the database's clock: ids are made by processes, whose clocks may be wrong (F8).
const STOCK = `select order_id, jsonb_agg(reason order by created_at, id) as reasons
  from stock_movements m
 where order_id is not null
   and product_id = (select min(product_id) from stock_movements x where x.order_id = m.order_id)
 group by order_id`;
const RESERVATIONS = "select order_id, state from reservations";

/**
 * Answers those that it does not know. `isAtRest`: the run came to rest, so each order's end must
 * be an end of the model's.
 */
export async function replayAll(
  { databaseUrls }: Mesh,
  isAtRest: boolean,
): Promise<Counterexample[]> {
  const history = await read<{ steps: ObservedOrder["order"]; on_shipment: boolean }>(
    databaseUrls.order,
    HISTORY,
  );
  const payment = await read<{ steps: ObservedOrder["payment"] }>(databaseUrls.payment, PAYMENT);
  const stock = await read<{ reasons: string[] }>(databaseUrls.product, STOCK);
  const held = await read<{ state: ObservedOrder["reservation"] }>(
    databaseUrls.product,
    RESERVATIONS,
  );
  const found: Counterexample[] = [];
  for (const [orderId, { steps, on_shipment: isOnShipment }] of history) {
    const divergence = replay({
      orderId,
      order: steps,
      isOnShipment,
      payment: payment.get(orderId)?.steps ?? [],
      stock: stock.get(orderId)?.reasons ?? [],
      reservation: held.get(orderId)?.state,
      isAtRest,
    });
    if (divergence) {
      found.push({ what: "a history that the model does not know", ...divergence });
    }
  }
  return found;
}

async function read<T>(url: string, sql: string): Promise<ReadonlyMap<string, T>> {
  const [rows = []] = await ask(url, [sql]);
  return new Map(rows.map((row) => [(row as { order_id: string }).order_id, row as T]));
}
