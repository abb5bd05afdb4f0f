/** For tests only: the order service over real gRPC and a real database, the others played. */
import { OrderServiceDefinition } from "#gen/tradepost/order/v1/order.ts";
import type { RoleName } from "#kit/call.ts";
import type { Db } from "#kit/db.ts";
import { Fault } from "#kit/errors.ts";
import { silent } from "#kit/log.ts";
import { type SagaDriver, sagaDriver } from "#kit/saga.ts";
import { testDatabase, testService, tokenFor } from "#kit/testing.ts";
import { changes } from "./changes.ts";
import { checkout } from "./checkout.ts";
import type { Capture } from "./order.ts";
import { payBack } from "./paying-back.ts";
import { orderService } from "./service.ts";
import { playedOthers } from "./testing-others.ts";

export interface House {
  readonly capture?: Capture;
  /** How long a payment may wait for its person, in milliseconds. */
  readonly personMs?: number;
  readonly defaultPaymentMethod?: string;
  /** False: its sagas go on only where a test says so. */
  readonly isDriven?: boolean;
}

const byHand: SagaDriver = {
  drive: async () => {},
  wake: () => {},
  start: () => {},
  stop: async () => {},
};

export async function orderHouse({
  capture = "AUTOMATIC",
  personMs = 900_000,
  defaultPaymentMethod = "pm_card_visa",
  isDriven = true,
}: House = {}) {
  const { db, drop } = await testDatabase("order");
  const others = playedOthers();
  const depsOf = (personMs: number) => ({
    db,
    product: others.product,
    payment: others.payment,
    changes: changes(),
    opened: new Map(),
    capture,
    personMs,
    wake: () => {},
  });
  const kindsOf = (deps: ReturnType<typeof depsOf>) => ({
    checkout: checkout(deps),
    ...payBack(deps),
  });
  const deps = depsOf(personMs);
  const kinds = kindsOf(deps);
  const sagas = isDriven ? sagaDriver({ db, log: silent, kinds }) : byHand;
  sagas.start();
  const rpcs = orderService({ ...deps, sagas, defaultPaymentMethod });
  const service = await testService("order", { rpcs: [[OrderServiceDefinition, rpcs]] });
  const as = async (userId: string, ...roles: RoleName[]) => {
    const token = await tokenFor(roles.length > 0 ? { userId, roles } : { userId });
    return service.client(OrderServiceDefinition, { token });
  };
  return {
    db,
    others,
    service,
    as,
    asService: async (name: string) => service.client(OrderServiceDefinition, { service: name }),
    /** What another process drives sagas with. */
    anotherProcess: (options = { personMs }) => kindsOf(depsOf(options.personMs)),
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

/** Ends when an order's sagas have. */
export async function settled(db: Db, orderId: string): Promise<void> {
  const open = "select 1 from sagas where id = $1 or state ->> 'orderId' = $1";
  for (;;) {
    if ((await db.query(open, [orderId])).rows.length === 0) {
      return;
    }
  }
}

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
