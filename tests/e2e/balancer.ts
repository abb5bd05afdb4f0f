/** What stands before the gateways of a cluster: asks each whether it is ready, and goes round. */
import { setTimeout as delay } from "node:timers/promises";

export interface Balancer {
  /** The url of a gateway that was ready a moment ago. */
  next(): string;
  /** Until it has seen that all are ready. */
  seesAll(): Promise<void>;
  stop(): Promise<void>;
}

/** Between two looks, in milliseconds; a gateway's drain must be longer. */
const LOOK_MS = 100;

export async function balance(urls: readonly string[]): Promise<Balancer> {
  let ready: readonly string[] = [];
  let turn = 0;
  let stopped = false;

  /** One that is slow is no other than it was; one that says no, or is not there, is not ready. */
  async function isReady(url: string): Promise<boolean> {
    try {
      const answer = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(1_000) });
      await answer.text();
      return answer.ok;
    } catch (error) {
      return (error as Error).name === "TimeoutError" && ready.includes(url);
    }
  }

  async function look(): Promise<void> {
    const answers = await Promise.all(urls.map(isReady));
    ready = urls.filter((_, at) => answers[at]);
  }

  async function goOn(): Promise<void> {
    while (!stopped) {
      await look();
      await delay(LOOK_MS);
    }
  }

  await look();
  const going = goOn();
  return {
    next() {
      const url = ready[turn++ % ready.length];
      if (url === undefined) {
        throw new Error("no gateway is ready");
      }
      return url;
    },
    async seesAll() {
      while (ready.length < urls.length) {
        await delay(LOOK_MS);
      }
    },
    async stop() {
      stopped = true;
      await going;
    },
  };
}
