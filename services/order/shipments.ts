/** The rules of sending an order: each merchant sends its own lines. Pure. */
import { Fault } from "#kit/errors.ts";
import { move, type Order, type Shipment } from "./order.ts";
import type { Change } from "./steps.ts";
import { stepOf } from "./transitions.ts";

/** Whose goods: one merchant's, or of all merchants what is left. */
export type Whose = string | "all";

/** In the order of the lines. */
export function merchantsOf({ lines }: Order): string[] {
  return [...new Set(lines.map(({ merchantId }) => merchantId))];
}

export function ship(
  order: Order,
  whose: Whose,
  parcel: Pick<Shipment, "carrier" | "trackingNumber">,
  actor: string,
  at: Date,
): Change {
  const open = unsent(order, whose);
  const consignments = open.map((merchantId) => ({ merchantId, ...parcel }));
  const sent = consignments.map((one) => ({ ...one, shipTime: at, deliverTime: undefined }));
  const shipments = [...order.shipments, ...sent];
  const isAll = shipments.length === merchantsOf(order).length;
  const event = isAll ? "OrderShipped" : "OrderPartShipped";
  return move({ ...order, shipments }, { event, consignments }, "", actor, at);
}

/** Whose goods are to be sent now; WRONG_ORDER_STATE if they are not to be, or were. */
export function unsent(order: Order, whose: Whose): string[] {
  stepOf(order.status, "OrderShipped");
  const sent = new Set(order.shipments.map(({ merchantId }) => merchantId));
  const open = chosen(order, merchantsOf(order), whose).filter((id) => !sent.has(id));
  if (open.length === 0) {
    throw wrong(order, "was sent already");
  }
  return open;
}

/** Goods may arrive while another merchant has not even sent its own. */
export function deliver(order: Order, whose: Whose, actor: string, at: Date): Change {
  stepOf(order.status, "OrderPartDelivered");
  const onTheirWay = order.shipments
    .filter(({ deliverTime }) => !deliverTime)
    .map(({ merchantId }) => merchantId);
  const merchantIds = chosen(order, merchantsOf(order), whose).filter((id) =>
    onTheirWay.includes(id),
  );
  if (merchantIds.length === 0) {
    throw wrong(order, "is not on its way");
  }
  const arrived = new Set(merchantIds);
  const shipments = order.shipments.map((shipment) =>
    arrived.has(shipment.merchantId) ? { ...shipment, deliverTime: at } : shipment,
  );
  const isAll =
    order.status === "SHIPPED" && shipments.every(({ deliverTime }) => deliverTime !== undefined);
  const event = isAll ? "OrderDelivered" : "OrderPartDelivered";
  return move({ ...order, shipments }, { event, merchantIds }, "", actor, at);
}

/** ORDER_NOT_FOUND for a merchant that has no line in it. */
function chosen({ id }: Order, merchants: readonly string[], whose: Whose): readonly string[] {
  if (whose === "all") {
    return merchants;
  }
  if (!merchants.includes(whose)) {
    throw new Fault("ORDER_NOT_FOUND", `no order ${id} of merchant ${whose}`, {
      metadata: { orderId: id },
    });
  }
  return [whose];
}

function wrong({ id, status }: Order, what: string): Fault {
  return new Fault("WRONG_ORDER_STATE", `order ${id} ${what}`, { metadata: { status } });
}
