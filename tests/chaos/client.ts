/** A client of one thread: it begins nothing new before it knows what became of the last. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Entry, History, Line, Op } from "./history.ts";
import { ask, type Known, orderIn, type Request } from "./http.ts";
import type { Random } from "./random.ts";

/** How long what is unknown is asked again. */
const UNTIL_KNOWN_MS = 60_000;

export interface ClientSurroundings {
  readonly history: History;
  readonly gateways: readonly string[];
  /** Gives up what is unknown at last, when the run is to end whatever happens. */
  readonly abandoned: AbortSignal;
}

export interface Attempted {
  readonly op: Op;
  readonly key: string;
  readonly request: Request;
  readonly orderId?: string;
  readonly lines?: readonly Line[];
  readonly amount?: number;
  readonly product?: string;
}

export interface Client {
  readonly number: number;
  /** Asks with the same key until the outcome is known, for at most a minute. */
  untilKnown(attempted: Attempted): Promise<Known>;
}

export function openClient(
  number: number,
  { history, gateways, abandoned }: ClientSurroundings,
  random: Random,
): Client {
  let turn = number;
  return {
    number,
    async untilKnown({ op, key, request, ...about }) {
      const giveUpAt = Date.now() + UNTIL_KNOWN_MS;
      let first: Entry | undefined;
      turn += 1;
      // One gateway after the other, whatever else this client has under way at the same time.
      const begin = turn;
      for (let attempt = 1; ; attempt++) {
        const gateway = gateways[(begin + attempt) % gateways.length] as string;
        const begun = { client: number, op, key, attempt, ...about };
        const entry = history.invoke(begun, first);
        first ??= entry;
        const known = await ask(gateway, key ? { ...request, key } : request);
        const { outcome, status, reason, digest } = known;
        const order = op === "refund" || op === "restock" ? {} : orderIn(known);
        history.end(entry, { outcome, status, reason, ...(digest && { digest }), ...order });
        if (outcome !== "info" || Date.now() > giveUpAt || abandoned.aborted) {
          return known;
        }
        await sleep(random.between(100, 500));
      }
    },
  };
}
