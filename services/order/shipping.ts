/** ShipOrder and DeliverOrder: a merchant moves its own goods; support what is left. */
import { DeliverOrderResponse, ShipOrderResponse } from "#gen/tradepost/order/v1/order.ts";
import { type Call, hasRole } from "#kit/call.ts";
import { within } from "#kit/client.ts";
import { Fault, type ReasonName } from "#kit/errors.ts";
import { type Acting, acting } from "./acting.ts";
import type { Shipment } from "./order.ts";
import type { Payment } from "./others.ts";
import { deliver, ship, unsent, type Whose } from "./shipments.ts";
import { sightOf } from "./sight.ts";
import { getOrder } from "./store.ts";

export interface ShippingDeps extends Acting {
  readonly payment: Payment;
}

/** Milliseconds; the payment service asks Stripe for at most 10,000. */
const CAPTURE_MS = 10_000;

const KEPT: readonly ReasonName[] = ["PAYMENT_DECLINED", "WRONG_ORDER_STATE"];

export function shipping(deps: ShippingDeps) {
  const act = acting(deps);
  return {
    async ship(
      id: string,
      merchantId: string | undefined,
      parcel: Pick<Shipment, "carrier" | "trackingNumber">,
      call: Call,
    ): Promise<ShipOrderResponse> {
      const whose = whoseOf(id, merchantId, call);
      const refusal = await takeMoney(id, whose, call);
      return act(call, ShipOrderResponse, id, (order) => {
        if (refusal) {
          throw refusal;
        }
        return { change: ship(order, whose, parcel, call.caller.userId, new Date()) };
      });
    },

    async deliver(id: string, merchantId: string | undefined, call: Call) {
      const whose = whoseOf(id, merchantId, call);
      return act(call, DeliverOrderResponse, id, (order) => ({
        change: deliver(order, whose, call.caller.userId, new Date()),
      }));
    },
  };

  /**
   * Before the first goods leave, an authorised payment is taken; done again it changes nothing,
   * and a cancel that comes between pays it back. Answers what is to be said, and kept, if it is
   * declined, or if the order is not to be sent: one that is CONFIRMED a moment later is refused
   * all the same, since its money was not taken.
   */
  async function takeMoney(id: string, whose: Whose, call: Call): Promise<Fault | undefined> {
    const order = await getOrder(deps.db, id, sightOf(call.caller));
    if (order.capture !== "ON_SHIPMENT" || order.shipments.length > 0) {
      return undefined;
    }
    try {
      // Nobody takes money by naming goods that there are not.
      unsent(order, whose);
      await deps.payment.capture({ orderId: id }, within(call, CAPTURE_MS));
      return undefined;
    } catch (error) {
      if (error instanceof Fault && KEPT.includes(error.reason)) {
        return error;
      }
      throw error;
    }
  }
}

/** A merchant's own goods; for others those that are named, or all. Another's are not even there. */
function whoseOf(orderId: string, merchantId: string | undefined, { caller }: Call): Whose {
  if (hasRole(caller, "SUPPORT", "ADMIN")) {
    return merchantId ?? "all";
  }
  if (merchantId !== undefined && merchantId !== caller.userId) {
    throw new Fault("ORDER_NOT_FOUND", `no order ${orderId} of merchant ${merchantId}`, {
      metadata: { orderId },
    });
  }
  return caller.userId;
}
