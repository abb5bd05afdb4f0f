import {
  Payment_Capture,
  type PaymentServiceImplementation,
} from "#gen/tradepost/payment/v1/payment.ts";
import { type CallExtras, type Caller, hasRole } from "#kit/call.ts";
import type { Db } from "#kit/db.ts";
import { Fault, invalidField } from "#kit/errors.ts";
import { uuidv7 } from "#kit/uuid.ts";
import { listLedger } from "./books.ts";
import { type Capturing, createCapturing } from "./capturing.ts";
import { type Charging, createCharging } from "./charging.ts";
import { createDisputes, type Disputes } from "./dispute-settling.ts";
import { createHearing } from "./hearing.ts";
import { paymentMessage } from "./messages.ts";
import { methodRpcs } from "./method-service.ts";
import { createPaying, type Paying } from "./payout-paying.ts";
import { viewerOf as merchantViewer, payoutRpcs } from "./payout-service.ts";
import type { Provider } from "./provider.ts";
import { findPayment, listPayments, refundsOf, type Viewer } from "./reading.ts";
import { reconcileRpc } from "./reconcile-service.ts";
import type { Reconciler } from "./reconciler.ts";
import { partOf } from "./refund-part.ts";
import { requestRefund } from "./refund-request.ts";
import { createRefunding, type Refunding } from "./refunding.ts";
import { sharesOf } from "./shares.ts";

export interface PaymentDeps {
  readonly db: Db;
  readonly provider: Provider;
  readonly charging: Charging;
  readonly capturing: Capturing;
  readonly refunding: Refunding;
  readonly disputes: Disputes;
  readonly paying: Paying;
}

export interface PartsOptions {
  readonly db: Db;
  readonly provider: Provider;
  /** Called after a commit that wrote events. */
  readonly published: () => void;
}

/** What the rpcs and the recovery share. */
export function paymentParts({ db, provider, published }: PartsOptions): PaymentDeps {
  const charging = createCharging({ db, provider, published });
  const capturing = createCapturing({ db, provider, charging });
  const refunding = createRefunding({ db, provider, charging, published });
  const disputes = createDisputes({ db, provider, charging, published });
  const paying = createPaying({ db, provider });
  return { db, provider, charging, capturing, refunding, disputes, paying };
}

/** The rpcs of PaymentService, in the order of the .proto. */
export function paymentService(
  deps: PaymentDeps & { readonly reconciler: Pick<Reconciler, "run"> },
): PaymentServiceImplementation<CallExtras> {
  const { db, provider, charging, capturing, refunding } = deps;
  const hear = createHearing(deps);
  return {
    async getPayment({ id }, { call }) {
      const payment = await findPayment(db, id, viewerOf(call.caller));
      if (!payment) {
        throw new Fault("PAYMENT_NOT_FOUND", `there is no payment ${id}`);
      }
      return { payment: paymentMessage(payment, await refundsOf(db, id)) };
    },

    async listPayments({ orderId }, { call }) {
      // An order has one payment at most.
      const [payment] = await listPayments(db, orderId, viewerOf(call.caller));
      return {
        payments: payment ? [paymentMessage(payment, await refundsOf(db, payment.id))] : [],
      };
    },

    refundPayment: (request, { call }) => requestRefund(deps, request, call),

    listLedger: (request, { call }) => listLedger(db, request, merchantViewer(call.caller)),

    ...payoutRpcs(deps),

    ...methodRpcs(deps),

    async handleStripeEvent({ body }, { call }) {
      const event = provider.readEvent(
        body?.data ?? new Uint8Array(),
        call.header("stripe-signature"),
      );
      await hear(event, call.traceparent);
      return {};
    },

    async charge({ orderId, userId, amount: asked, paymentMethod, shares, capture }, { call }) {
      const money = { currency: asked?.currencyCode ?? "", amount: asked?.amount ?? 0n };
      if (money.amount <= 0n || money.amount > MAX_AMOUNT) {
        throw invalidField("amount.amount", `must be from 1 to ${MAX_AMOUNT}`, "int64.gte_lte");
      }
      const wish = { id: uuidv7(), orderId, userId, ...money, paymentMethod };
      const mode = capture === Payment_Capture.ON_SHIPMENT ? "on_shipment" : "automatic";
      const payment = await charging.charge(
        { ...wish, shares: sharesOf(shares, money), capture: mode },
        { traceparent: call.traceparent },
      );
      const refunds = payment.refunded > 0n ? await refundsOf(db, payment.id) : [];
      return { payment: paymentMessage(payment, refunds) };
    },

    async capture({ orderId }, { call }) {
      const payment = await capturing.capture(orderId, { traceparent: call.traceparent });
      const refunds = payment.refunded > 0n ? await refundsOf(db, payment.id) : [];
      return { payment: paymentMessage(payment, refunds) };
    },

    async refund({ orderId, reason, part }, { call }) {
      const origin = { traceparent: call.traceparent };
      const payment = part
        ? await refunding.refundPart(orderId, partOf(part, reason), origin)
        : await refunding.undoOrder(orderId, reason, origin);
      return { payment: payment && paymentMessage(payment, await refundsOf(db, payment.id)) };
    },

    ...reconcileRpc(deps.reconciler),
  };
}

/** What a number of JSON can hold, in which Stripe is told it. */
const MAX_AMOUNT = BigInt(Number.MAX_SAFE_INTEGER);

function viewerOf(caller: Caller): Viewer {
  return hasRole(caller, "SUPPORT", "ADMIN") ? "all" : { userId: caller.userId };
}
