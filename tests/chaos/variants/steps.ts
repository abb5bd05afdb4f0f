/** What the flows are made of. */
import { setTimeout as sleep } from "node:timers/promises";
import { place } from "../../e2e/patient-client.ts";
import { type Answer, eventually, type Rest } from "../../e2e/rest.ts";

export interface World {
  readonly buyer: Rest;
  readonly support: Rest;
  /** Without a key: the sandbox's own routes. */
  readonly sandbox: Rest;
  /** New for each call. */
  key(): string;
}

/** Answers the ids of the orders that it placed. */
export type Flow = (world: World) => Promise<string[]>;

const PRODUCT = "prod-013";
export const line = { product_id: PRODUCT, quantity: 1 };

/**
 * Longer than a lease, so that people see how it ends after a crash; no longer, since somebody else
 * begins anew meanwhile. Milliseconds.
 */
const PATIENCE_MS = 20_000;

export async function ordered({ buyer, key }: World, method = "pm_card_visa", items = [line]) {
  const wanted = { key: key(), items, payment_method: method };
  const answer = await place(buyer, wanted, PATIENCE_MS);
  const id: string | undefined = answer.body?.id ?? answer.body?.metadata?.orderId;
  return id === undefined ? [] : [id];
}

/** Asks again with the same key until it is heard; 409 is what the state says. */
export function insist(api: Rest, path: string, body: object, key: string): Promise<Answer> {
  return eventually(
    () =>
      api
        .post(path, body, { "idempotency-key": key })
        .catch((error): Answer => ({ status: 0, headers: new Headers(), body: {}, text: error })),
    ({ status, body }) =>
      status !== 0 && status < 500 && body?.reason !== "IDEMPOTENCY_IN_PROGRESS",
    PATIENCE_MS,
  );
}

/** Older ones are met by nobody: they would pile up, and every order meet one. Milliseconds. */
const FAULT_MS = 5_000;

/** Whoever is next meets it. */
export async function troubled({ sandbox }: World, fault: object): Promise<void> {
  await sandbox.post("/_faults", { times: 1, forMs: FAULT_MS, ...fault });
}

export async function withFault(world: World, fault: object, method?: string): Promise<string[]> {
  await troubled(world, fault);
  return ordered(world, method);
}

interface Placed {
  readonly id: string;
  readonly createTime: string;
  readonly nextAction?: object;
}

/**
 * A bank's question is waited for a quarter of an hour: those whose person was given up on the way
 * are cancelled. Once nobody orders any more.
 */
export async function leave(world: World): Promise<void> {
  const asked = async (): Promise<readonly Placed[]> => {
    const { body } = await world.buyer.get("/api/v1/orders?status=PENDING&pageSize=100");
    return body.orders.filter(({ nextAction }: Placed) => nextAction !== undefined);
  };
  for (let some = await asked(); some.length > 0; some = await asked()) {
    await Promise.all(some.map(({ id }) => cancelled(world, id)));
  }
}

export async function cancelled({ buyer, key }: World, id: string | undefined): Promise<void> {
  await insist(buyer, `/api/v1/orders/${id}:cancel`, { reason: "sweep" }, key());
}

/** Who is pending for longer, in milliseconds, waits for the provider. */
const KEPT_WAITING_MS = 3_000;

/** Those that the provider keeps waiting, whosever order met the fault. */
export async function cancelledDuring(world: World, fault: object): Promise<string[]> {
  await troubled(world, fault);
  const placing = ordered(world);
  // Looked at below; until then somebody else's failure may come first.
  placing.catch(() => {});
  const since = Date.now();
  const { found } = await eventually(
    async () => {
      const path = "/api/v1/orders?status=PENDING";
      const { body } = await world.buyer.get(path).catch(() => ({ body: undefined }));
      const pending: readonly Placed[] = body?.orders ?? [];
      const limit = Date.now() - KEPT_WAITING_MS;
      return {
        found: pending.filter((one) => !one.nextAction && Date.parse(one.createTime) < limit),
      };
    },
    ({ found }) => found.length > 0 || Date.now() - since > 2 * KEPT_WAITING_MS,
    PATIENCE_MS,
  );
  await Promise.all(found.map(({ id }) => cancelled(world, id)));
  return [...found.map(({ id }) => id), ...(await placing)];
}

/** Where a part of what an order paid is asked back. */
export async function refundOf(world: World, orderId: string | undefined): Promise<string> {
  const { body } = await eventually(
    () => world.buyer.get(`/api/v1/orders/${orderId}/payments`).catch(() => ({ body: undefined })),
    ({ body }) => body?.payments !== undefined,
    PATIENCE_MS,
  );
  return `/api/v1/payments/${body.payments[0]?.id}:refund`;
}

/** The bank, of a charge that was taken. */
export async function dispute({ sandbox }: World, orderId: string | undefined): Promise<void> {
  const { body } = await sandbox.get(`/_ledger?order_id=${orderId}`);
  await sandbox.post(`/_disputes/${body.orders[orderId ?? ""]?.intents[0]}`);
}

export async function ship({ support, key }: World, id: string | undefined): Promise<void> {
  const parcel = { carrier: "sweep", trackingNumber: "1" };
  await insist(support, `/api/v1/orders/${id}:ship`, parcel, key());
}

export async function sent(
  world: World,
  method?: string,
  items?: (typeof line)[],
): Promise<string[]> {
  const ids = await ordered(world, method, items);
  await ship(world, ids[0]);
  return ids;
}

export const METHODS = "/api/v1/users/me/payment-methods";

/** The id by which its person pays. */
export async function savedCard({ buyer, key }: World): Promise<string> {
  const body = { paymentMethod: "pm_card_mastercard" };
  return (await insist(buyer, METHODS, body, key())).body.id;
}

/** First a part, then the rest. */
export async function returned(world: World, method: string): Promise<string[]> {
  const ids = await sent(world, method, [{ ...line, quantity: 2 }]);
  const at = `/api/v1/orders/${ids[0]}`;
  await insist(world.support, `${at}:deliver`, {}, world.key());
  const body = { items: [{ productId: PRODUCT, quantity: 1 }], reason: "sweep" };
  await insist(world.buyer, `${at}:return`, body, world.key());
  await insist(world.buyer, `${at}:return`, body, world.key());
  return ids;
}

/** Longer than the mesh looks again; in milliseconds. */
const PERSON_MS = 3_000;

/** What a bank asks of a person, by its page. */
export async function challenged(world: World, outcome: "success" | "fail"): Promise<string[]> {
  const ids = await ordered(world, "pm_card_threeDSecure2Required");
  const { body } = await eventually(
    () => world.buyer.get(`/api/v1/orders/${ids[0]}`).catch(() => ({ body: undefined })),
    ({ body }) => body?.nextAction !== undefined || (body && body.status !== "PENDING"),
    PATIENCE_MS,
  );
  const intent = body.nextAction?.url?.split("/").at(-1);
  await sleep(PERSON_MS);
  if (intent !== undefined) {
    await world.sandbox.post(`/_3ds/${intent}`, { outcome });
  }
  return ids;
}
