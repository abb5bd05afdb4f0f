/** People who buy one thing after the other, and remember when they asked and what they were told. */
import { randomUUID } from "node:crypto";
import { printedOrder, type Rest } from "../e2e/rest.ts";

export interface Bought {
  readonly id: string;
  readonly status: string;
  /** Milliseconds since 1970. */
  readonly askedAt: number;
  readonly toldAt: number;
}

export interface Shoppers {
  /** What was bought so far. */
  readonly bought: readonly Bought[];
  /** Answers what was not answered as it should be. */
  stop(): Promise<readonly string[]>;
}

export function shop(demo: Rest, people = 4): Shoppers {
  const bought: Bought[] = [];
  const failed: string[] = [];
  let isDone = false;
  const shopping = Array.from({ length: people }, async () => {
    while (!isDone) {
      const askedAt = Date.now();
      const headers = { "idempotency-key": randomUUID() };
      const answer = await demo
        .post("/api/v1/orders", printedOrder, headers)
        .catch((error: Error) => ({
          status: 0,
          body: undefined,
          text: `${error.message} ${error.cause}`,
        }));
      if (answer.status === 201) {
        const { id, status } = answer.body;
        bought.push({ id, status, askedAt, toldAt: Date.now() });
      } else {
        failed.push(`${new Date(askedAt).toISOString()} ${answer.status} ${answer.text}`);
      }
    }
  });
  return {
    bought,
    async stop() {
      isDone = true;
      await Promise.all(shopping);
      return failed;
    },
  };
}
