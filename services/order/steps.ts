/** One step of an order's life: what its history keeps and its event tells. */
import type { Item, Order } from "./order.ts";
import type { EventName, Status } from "./transitions.ts";

/** What a step tells besides the order's state. */
export type Told =
  | {
      readonly event:
        | "OrderPlaced"
        | "OrderActionRequired"
        | "OrderConfirmed"
        | "OrderRejected"
        | "OrderCancelled";
    }
  | {
      readonly event: "OrderPartShipped" | "OrderShipped";
      readonly consignments: readonly Consignment[];
    }
  | {
      readonly event: "OrderPartDelivered" | "OrderDelivered";
      readonly merchantIds: readonly string[];
    }
  | { readonly event: "OrderItemsReturned" | "OrderReturned"; readonly goods: Returned }
  | { readonly event: "OrderDisputed"; readonly disputeId: string }
  | { readonly event: "OrderDisputeClosed"; readonly disputeId: string; readonly won: boolean };

interface Consignment {
  readonly merchantId: string;
  readonly carrier: string;
  readonly trackingNumber: string;
}

/** Goods that came back, and the money for them in the minor unit of the order's currency. */
export interface Returned {
  readonly id: string;
  readonly items: readonly Item[];
  readonly amount: bigint;
  /** How the amount divides; "" is the shop's own part. */
  readonly shares: ReadonlyMap<string, bigint>;
}

export type Step = Told & {
  readonly status: Status;
  readonly event: EventName;
  readonly reason: string;
  /** A person's id, `checkout` or `payment`. */
  readonly actor: string;
};

/** A decision: the order as it is now, and the step that it took. */
export interface Change {
  readonly order: Order;
  readonly step: Step;
}

/** The merchants whom alone a step concerns; undefined: everybody. */
export function concerns(step: Step): readonly string[] | undefined {
  switch (step.event) {
    case "OrderPartShipped":
      return step.consignments.map(({ merchantId }) => merchantId);
    case "OrderPartDelivered":
      return step.merchantIds;
    case "OrderItemsReturned":
      return [...step.goods.shares.keys()].filter(Boolean);
    default:
      return undefined;
  }
}
