/** For tests only: the order service over real gRPC and a real database, the others played. */
import { OrderServiceDefinition } from "#gen/tradepost/order/v1/order.ts";
import { Payment_Capture, Payment_Status } from "#gen/tradepost/payment/v1/payment.ts";
import { Fault } from "#kit/errors.ts";
import { silent } from "#kit/log.ts";
import { sagaDriver } from "#kit/saga.ts";
import { testDatabase, testService, tokenFor } from "#kit/testing.ts";
import { changes } from "./changes.ts";
import { checkout } from "./checkout.ts";
import type { Payment, Product } from "./others.ts";
import { payBack } from "./paying-back.ts";
import { orderService } from "./service.ts";

/** What the played services did, by order. */
export interface Played {
  readonly calls: string[];
  /** Runs before a call takes effect; throw to refuse or to leave open. */
  before: (call: string, orderId: string) => void | Promise<void>;
}

function playedOthers(): Played & { product: Product; payment: Payment } {
  const played: Played = { calls: [], before: () => {} };
  const did = async (call: string, orderId: string) => {
    await played.before(call, orderId);
    played.calls.push(`${call} ${orderId}`);
  };
  const product: Product = {
    async reserveStock({ orderId = "", lines = [] }) {
      await did("reserve", orderId);
      return {
        lines: lines.map(({ productId = "", quantity = 0 }) => ({
          productId,
          merchantId: "m1",
          name: `The ${productId}`,
          quantity,
          unitPrice: { currencyCode: "USD", amount: 1_000n },
        })),
      };
    },
    async commitStock({ orderIds = [] }) {
      await Promise.all(orderIds.map((id) => did("commit", id)));
      return {};
    },
    async releaseStock({ orderId = "" }) {
      await did("release", orderId);
      return {};
    },
  };
  const payment: Payment = {
    async charge({ orderId = "", userId = "", amount }) {
      await did("charge", orderId);
      const currencyCode = amount?.currencyCode ?? "";
      const minor = BigInt(amount?.amount ?? 0);
      return {
        payment: {
          id: `pay-${orderId}`,
          orderId,
          userId,
          status: Payment_Status.SUCCEEDED,
          amount: { currencyCode, amount: minor },
          refunded: { currencyCode, amount: 0n },
          refunds: [],
          declineCode: "",
          createTime: undefined,
          updateTime: undefined,
          etag: "1",
          capture: Payment_Capture.AUTOMATIC,
          nextAction: undefined,
          dispute: undefined,
        },
      };
    },
    async refund({ orderId = "" }) {
      await did("refund", orderId);
      return { payment: undefined };
    },
    async capture({ orderId = "" }) {
      await did("capture", orderId);
      return { payment: undefined };
    },
    async getDefaultPaymentMethod() {
      return { paymentMethod: undefined };
    },
  };
  return Object.assign(played, { product, payment });
}

export async function orderHouse() {
  const { db, drop } = await testDatabase("order");
  const others = playedOthers();
  const deps = {
    db,
    product: others.product,
    payment: others.payment,
    changes: changes(),
    opened: new Map(),
    wake: () => {},
  };
  const kinds = { checkout: checkout(deps), cancel: payBack(deps) };
  const sagas = sagaDriver({ db, log: silent, kinds });
  sagas.start();
  const rpcs = orderService({ ...deps, sagas, defaultPaymentMethod: "pm_card_visa" });
  const service = await testService("order", { rpcs: [[OrderServiceDefinition, rpcs]] });
  const as = async (userId: string, ...roles: ("SUPPORT" | "CUSTOMER")[]) => {
    const token = await tokenFor(roles.length > 0 ? { userId, roles } : { userId });
    return service.client(OrderServiceDefinition, { token });
  };
  return {
    db,
    others,
    service,
    as,
    /** Another process's driver over the same database. */
    anotherDriver: () => sagaDriver({ db, log: silent, kinds }),
    async stop() {
      await service.stop();
      await sagas.stop();
      await drop();
    },
  };
}

export const aRefusal = (reason: "OUT_OF_STOCK" | "PAYMENT_DECLINED") => new Fault(reason, "no");
/** What a lost answer looks like to a saga. */
export const aLostAnswer = () => new Fault("DEPENDENCY_DOWN", "payment does not answer");

export const anOrder = {
  items: [{ productId: "mug", quantity: 2 }],
  shippingAddress: { street: "123 Main St", city: "SF", state: "CA", zip: "94105", country: "USA" },
};

/** What a call is refused with. */
export async function faultOf(call: Promise<unknown>): Promise<Fault> {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof Fault)) {
    throw new Error(`no fault: ${error}`);
  }
  return error;
}
