/** What stands before the gateways of a cluster: asks each whether it is ready, and goes round. */
import { setTimeout as delay } from "node:timers/promises";

export interface Balancer {
  /** The url of a gateway that was ready a moment ago. */
  next(): string;
  stop(): Promise<void>;
}

/** Between two looks, in milliseconds; a gateway's drain must be longer. */
const LOOK_MS = 100;

export async function balance(urls: readonly string[]): Promise<Balancer> {
  let ready: readonly string[] = [];
  let turn = 0;
  let stopped = false;

  async function look(): Promise<void> {
    const answers = await Promise.all(
      urls.map((url) =>
        fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(1_000) })
          .then(async (answer) => {
            await answer.text();
            return answer.ok;
          })
          .catch(() => false),
      ),
    );
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
    async stop() {
      stopped = true;
      await going;
    },
  };
}
