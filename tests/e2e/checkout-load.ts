/** People who shop without a pause, and would notice one request that fails. */
import type { Balancer } from "./balancer.ts";
import { type Answer, printedOrder, type Rest, rest, tokenOf } from "./rest.ts";

export interface CheckoutLoad {
  /** A token does not last for ever. */
  signIn(): Promise<void>;
  /** What was asked, and what of it was not answered as it should be. */
  stop(): Promise<Asked>;
}

interface Asked {
  readonly failed: readonly string[];
  readonly orders: number;
  readonly reads: number;
}

/** Half of them buy, and every other time cancel; half of them look around. */
const CLIENTS = 4;

/** They ask each time the gateway that is next. */
export async function checkoutLoad(gateways: Balancer): Promise<CheckoutLoad> {
  const failed: string[] = [];
  const counts = { orders: 0, reads: 0 };
  let token = "";
  let isDone = false;

  async function signIn(): Promise<void> {
    token = `Bearer ${await tokenOf(rest(gateways.next()), "demo@tradepost.dev")}`;
  }

  async function ask(status: number, send: (api: Rest) => Promise<Answer>): Promise<Answer> {
    const answer = await send(rest(gateways.next(), token)).catch((error: Error): Answer => {
      const text = `${error.message} ${error.cause}`;
      return { status: 0, headers: new Headers(), body: undefined, text };
    });
    if (answer.status !== status) {
      failed.push(`${new Date().toISOString()} ${answer.status} ${answer.text}`);
    }
    return answer;
  }

  async function buy(): Promise<void> {
    const order = { ...printedOrder, user_id: undefined };
    const { body } = await ask(201, (api) => api.post("/api/v1/orders", order));
    const id = body?.id;
    await ask(200, (api) => api.get(`/api/v1/orders/${id}`));
    if (counts.orders++ % 2 === 0) {
      await ask(200, (api) => api.post(`/api/v1/orders/${id}:cancel`, {}));
    }
  }

  async function look(): Promise<void> {
    await ask(200, (api) => api.get("/api/v1/products/prod-002"));
    await ask(200, (api) => api.get("/api/v1/products?page_size=5"));
    counts.reads += 2;
  }

  await signIn();
  const clients = Array.from({ length: CLIENTS }, async (_, n) => {
    while (!isDone) {
      await (n % 2 === 0 ? buy() : look());
    }
  });
  return {
    signIn,
    async stop() {
      isDone = true;
      await Promise.all(clients);
      return { failed, ...counts };
    },
  };
}
