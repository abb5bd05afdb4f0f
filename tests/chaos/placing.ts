/** Orders of a client: placed, placed again with the same key, placed twice at once. */
import type { Attempted, Client } from "./client.ts";
import type { Line } from "./history.ts";
import type { Known, Request } from "./http.ts";
import type { Random } from "./random.ts";
import type { Shop } from "./shop.ts";

/** An order that was acknowledged. */
export interface Placed {
  readonly id: string;
  readonly lines: readonly Line[];
  readonly total: string;
  readonly currency: string;
}

interface Asked {
  readonly key: string;
  readonly lines: readonly Line[];
  readonly request: Request;
}

const ADDRESS = { street: "1 Main St", city: "SF", state: "CA", zip: "94105", country: "USA" };
/** One in so many pays with a card that is declined. */
const DECLINED = 0.06;
/** How much of what is wanted are the hot articles. */
const HOT = 0.5;

export function placing(options: {
  readonly shop: Shop;
  readonly random: Random;
  readonly token: string;
  readonly client: Client;
  readonly seed: string;
}) {
  const { shop, random, token, client, seed } = options;
  const asked: Asked[] = [];

  function wish(key: string): Asked {
    const lines = new Map<string, number>();
    for (let left = random.between(1, 4); left > 0; left--) {
      const { id } = random.pick(random.next() < HOT ? shop.hot : shop.articles);
      lines.set(id, random.between(1, 3));
    }
    const method = random.next() < DECLINED ? "pm_card_chargeDeclined" : "pm_card_visa";
    const request: Request = {
      method: "POST",
      path: "/api/v1/orders",
      token,
      body: {
        items: [...lines].map(([productId, quantity]) => ({ productId, quantity })),
        shippingAddress: ADDRESS,
        paymentMethod: method,
      },
    };
    const all = [...lines].map(([product, quantity]) => ({ product, quantity }));
    return { key, lines: all, request };
  }

  const send = (op: Attempted["op"], { key, lines, request }: Asked) =>
    client.untilKnown({ op, key, lines, request });

  return {
    async place(count: number): Promise<Placed[]> {
      const wanted = wish(`${seed}-${client.number}-${count}`);
      asked.push(wanted);
      return placedBy(wanted, await send("place", wanted));
    },
    /** Must be answered what it was answered the first time. */
    async again(): Promise<void> {
      await send("repeat", random.pick(asked));
    },
    /** The same key twice at once is one order. */
    async twin(count: number): Promise<Placed[]> {
      const wanted = wish(`${seed}-${client.number}-${count}`);
      asked.push(wanted);
      const [one] = await Promise.all([send("twin", wanted), send("twin", wanted)]);
      return placedBy(wanted, one);
    },
  };
}

function placedBy({ lines }: Asked, { outcome, body }: Known): Placed[] {
  if (outcome !== "ok") {
    return [];
  }
  const { id, total } = body;
  return [{ id, lines, total: total?.amount ?? "1", currency: total?.currencyCode ?? "USD" }];
}
