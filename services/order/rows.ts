/** An order as its row keeps it. */
import type { Address, CancelRequest, Capture, NextAction, Order, Rejection } from "./order.ts";
import type { Status } from "./transitions.ts";

/** What `toOrder` reads, of the row that a statement calls `o`. */
export const COLUMNS = `o.id, o.user_id, o.status, o.items, o.currency, o.subtotal, o.discounts,
          o.shipping, o.tax, o.total, o.shipping_address, o.payment_method, o.capture, o.payment_id,
          o.next_action, o.rejection, o.cancel_requested, o.shipments, o.open_disputes, o.sequence,
          o.create_time, o.update_time`;

export interface OrderRow {
  id: string;
  user_id: string;
  status: Status;
  items: ItemJson[];
  currency: string | null;
  subtotal: bigint | null;
  discounts: bigint | null;
  shipping: bigint | null;
  tax: bigint | null;
  total: bigint | null;
  shipping_address: Address;
  payment_method: string;
  capture: Capture;
  payment_id: string | null;
  next_action: NextAction | null;
  rejection: Rejection | null;
  cancel_requested: CancelRequest | null;
  shipments: ShipmentJson[];
  open_disputes: string[];
  sequence: number;
  create_time: Date;
  update_time: Date;
}

interface ItemJson {
  productId: string;
  quantity: number;
  returnedQuantity: number;
  merchantId: string;
  name: string;
  /** A bigint as a string, so that it is never rounded. */
  unitPrice: string;
}

interface ShipmentJson {
  merchantId: string;
  carrier: string;
  trackingNumber: string;
  shipTime: string;
  deliverTime?: string;
}

export function toItems({ lines }: Order): string {
  return JSON.stringify(
    lines.map((line): ItemJson => ({ ...line, unitPrice: line.unitPrice.toString() })),
  );
}

export function toShipments({ shipments }: Order): string {
  return JSON.stringify(shipments);
}

export function toOrder(row: OrderRow): Order {
  return {
    id: row.id,
    userId: row.user_id,
    status: row.status,
    lines: row.items.map((item) => ({ ...item, unitPrice: BigInt(item.unitPrice) })),
    totals: toTotals(row),
    address: row.shipping_address,
    paymentMethod: row.payment_method,
    capture: row.capture,
    paymentId: row.payment_id ?? undefined,
    nextAction: row.next_action ?? undefined,
    rejection: row.rejection ?? undefined,
    cancelRequest: row.cancel_requested ?? undefined,
    shipments: row.shipments.map(({ shipTime, deliverTime, ...shipment }) => ({
      ...shipment,
      shipTime: new Date(shipTime),
      deliverTime: deliverTime === undefined ? undefined : new Date(deliverTime),
    })),
    openDisputes: row.open_disputes,
    sequence: row.sequence,
    createTime: row.create_time,
    updateTime: row.update_time,
  };
}

function toTotals(row: OrderRow): Order["totals"] {
  const { currency, subtotal, discounts, shipping, tax, total } = row;
  return currency === null
    ? undefined
    : {
        currency,
        subtotal: subtotal ?? 0n,
        discounts: discounts ?? 0n,
        shipping: shipping ?? 0n,
        tax: tax ?? 0n,
        total: total ?? 0n,
      };
}
