// For tests only: an order service behind gRPC that knows what it is told.
import {
  type Order_Status,
  OrderServiceDefinition,
  type OrderServiceImplementation,
} from "#gen/tradepost/order/v1/order.ts";
import type { CallExtras } from "#kit/call.ts";
import { clientOf } from "#kit/client.ts";
import { Fault } from "#kit/errors.ts";
import { testService } from "#kit/testing.ts";

export async function startOrders() {
  const known = {
    /** What the order service knows; undefined: it does not answer. */
    states: new Map<string, Order_Status>() as Map<string, Order_Status> | undefined,
    /** The ids of each call. */
    asked: [] as string[][],
    /** Happens between the order service's answer and what is done with it. */
    meanwhile: async (): Promise<unknown> => undefined,
  };
  const rpcs: Partial<OrderServiceImplementation<CallExtras>> = {
    async batchGetOrderStates({ ids }) {
      known.asked.push(ids);
      const { states } = known;
      if (!states) {
        throw new Fault("DEPENDENCY_DOWN", "the order service is away");
      }
      const orders = ids.flatMap((id) => {
        const status = states.get(id);
        return status === undefined ? [] : [{ id, status, total: undefined }];
      });
      await known.meanwhile();
      return { orders };
    },
  };
  const uncalled = Object.keys(OrderServiceDefinition.methods).map((name) => [name, () => {}]);
  const all: OrderServiceImplementation<CallExtras> = { ...Object.fromEntries(uncalled), ...rpcs };
  const service = await testService("order", { rpcs: [[OrderServiceDefinition, all]] });
  const { address } = service;
  const client = clientOf(OrderServiceDefinition, { address, tls: undefined, service: "product" });
  return {
    known,
    client,
    async stop() {
      client.close();
      await service.stop();
    },
  };
}
