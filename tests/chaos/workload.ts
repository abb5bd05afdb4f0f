/** What the clients do, all day. */
import { setTimeout as sleep } from "node:timers/promises";
import { changing } from "./changing.ts";
import { type ClientSurroundings, openClient } from "./client.ts";
import { type Placed, placing } from "./placing.ts";
import type { Random } from "./random.ts";
import { CLIENTS, type Shop } from "./shop.ts";

const WEIGHTS = {
  place: 48,
  repeat: 14,
  twin: 5,
  cancel: 8,
  refund: 7,
  get: 8,
  ship: 5,
  deliver: 3,
  return: 2,
} as const;

/** Between two operations; milliseconds. */
const THINK_MS = [10, 90] as const;
const RESTOCK_EACH_MS = 700;

export interface WorkloadOptions extends ClientSurroundings {
  readonly shop: Shop;
  readonly random: Random;
  /** Names the keys, so that two runs never share one. */
  readonly seed: string;
  /** Nobody begins anything after it. */
  readonly over: AbortSignal;
}

/** Ends when all clients have heard the last answer that they wait for. */
export async function work(options: WorkloadOptions): Promise<void> {
  const buyers = Array.from({ length: CLIENTS }, (_, number) => buy(options, number));
  await Promise.all([...buyers, restock(options)]);
}

async function buy(options: WorkloadOptions, number: number): Promise<void> {
  const { shop, over, seed } = options;
  const random = options.random.fork(`client-${number}`);
  const client = openClient(number, options, random);
  const token = shop.tokens[number] as string;
  const { place, again, twin } = placing({ shop, random, token, client, seed });
  const change = changing({ shop, random, token, client });
  const orders: Placed[] = [];
  for (let count = 1; !over.aborted; count++) {
    const chosen = random.choose(WEIGHTS);
    const op = orders.length === 0 && chosen !== "twin" ? "place" : chosen;
    switch (op) {
      case "place":
        orders.push(...(await place(count)));
        break;
      case "repeat":
        await again();
        break;
      case "twin":
        orders.push(...(await twin(count)));
        break;
      default:
        await change(op, orders, op === "get" ? "" : `${seed}-${number}-${op}-${count}`);
    }
    await sleep(random.between(...THINK_MS));
  }
}

/** Without it the shop would be empty after some seconds, and nothing would be charged any more. */
async function restock(options: WorkloadOptions): Promise<void> {
  const { shop, over, seed } = options;
  const random = options.random.fork("restock");
  const client = openClient(CLIENTS, options, random);
  for (let count = 0; !over.aborted; count++) {
    const { id } = random.pick(shop.articles);
    const delta = random.between(10, 40);
    await client.untilKnown({
      op: "restock",
      key: `${seed}-restock-${count}`,
      product: id,
      amount: delta,
      request: {
        method: "POST",
        path: `/api/v1/products/${id}:adjustStock`,
        token: shop.merchant,
        body: { delta, reason: "delivery" },
      },
    });
    await sleep(RESTOCK_EACH_MS);
  }
}
