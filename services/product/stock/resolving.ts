import { Order_Status, type OrderState } from "#gen/tradepost/order/v1/order.ts";

/** What becomes of reservations that nobody settled or released in time. */
export interface Resolution {
  readonly sold: readonly string[];
  readonly over: readonly string[];
  /** The order service knows of no such order. */
  readonly unknown: readonly string[];
}

/**
 * What an order's state says of its reservation; "wait": its checkout is under way. A state that
 * this service does not know says nothing.
 */
const SAYS: Readonly<Partial<Record<Order_Status, "sold" | "over" | "wait">>> = {
  [Order_Status.PENDING]: "wait",
  [Order_Status.CONFIRMED]: "sold",
  [Order_Status.SHIPPED]: "sold",
  [Order_Status.DELIVERED]: "sold",
  [Order_Status.RETURNED]: "sold",
  [Order_Status.REJECTED]: "over",
  [Order_Status.CANCELLED]: "over",
};

/** Sorts orders by what the order service answered of them; it leaves out those that there are not. */
export function resolve(
  orderIds: readonly string[],
  states: readonly Pick<OrderState, "id" | "status">[],
): Resolution {
  const status = new Map(states.map((state) => [state.id, state.status]));
  const that = (says: string) =>
    orderIds.filter((id) => SAYS[status.get(id) ?? Order_Status.STATUS_UNSPECIFIED] === says);
  return {
    sold: that("sold"),
    over: that("over"),
    unknown: orderIds.filter((id) => !status.has(id)),
  };
}
