/**
 * For balancing.test.ts: a process that calls product by a name, with the kit's client and through
 * a gateway. Where a test wants names from its own name server, grpc-js takes them from a server
 * that the address names (`GRPC_NODE_USE_ALTERNATIVE_RESOLVER`) and not from the machine's; all
 * else is as in production.
 */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { descriptors } from "#gen/descriptors.ts";
import { ProductServiceDefinition } from "#gen/tradepost/product/v1/product.ts";
import { clientOf, within } from "#kit/client.ts";
import { silent } from "#kit/log.ts";
import { createMetrics } from "#kit/metrics.ts";
import { createGateway } from "../../gateway/gateway.ts";
import { inParallel } from "./parallel.ts";

/** Whose way of calling: a service's, or the gateway's. */
export type Way = "a service" | "the gateway";

interface Task {
  readonly way: Way;
  readonly calls: number;
  /** How many at once. */
  readonly width: number;
}

export interface Caller {
  /** What went wrong; nothing, if every call was answered. */
  call(task: Task): Promise<readonly string[]>;
  stop(): Promise<void>;
}

const self = fileURLToPath(import.meta.url);

export async function startCaller(address: string): Promise<Caller> {
  const child: ChildProcess = fork(self, [address], {
    execArgv: ["--conditions=source", "--import=tsx"],
    env: { PATH: process.env.PATH, GRPC_NODE_USE_ALTERNATIVE_RESOLVER: "true" },
  });
  await once(child, "message");
  let last = 0;
  return {
    call(task) {
      const id = ++last;
      return new Promise((resolve) => {
        const hear = (message: { id: number; failed: string[] }) => {
          if (message.id === id) {
            child.off("message", hear);
            resolve(message.failed);
          }
        };
        child.on("message", hear);
        child.send({ id, task });
      });
    },
    async stop() {
      const ended = once(child, "exit");
      child.disconnect();
      await ended;
    },
  };
}

async function play(address: string): Promise<void> {
  const gateway = createGateway({
    descriptors,
    addressOf: () => address,
    identity: { "x-tradepost-service": "gateway" },
    log: silent,
    metrics: createMetrics("gateway"),
  });
  const port = await gateway.listen(0, "127.0.0.1");
  const products = clientOf(ProductServiceDefinition, {
    address,
    tls: undefined,
    service: "order",
  });
  const ways: Readonly<Record<Way, () => Promise<unknown>>> = {
    "a service": () => products.getProduct({ id: "prod-001" }, within(undefined, 10_000)),
    async "the gateway"() {
      const answer = await fetch(`http://127.0.0.1:${port}/api/v1/products/prod-001`);
      const text = await answer.text();
      if (!answer.ok) {
        throw new Error(`${answer.status} ${text}`);
      }
    },
  };
  process.on("message", async ({ id, task }: { id: number; task: Task }) => {
    const failed: string[] = [];
    await inParallel(task.calls, task.width, () =>
      ways[task.way]().catch((error: Error) => failed.push(error.message)),
    );
    process.send?.({ id, failed });
  });
  process.once("disconnect", () => process.exit());
  process.send?.("ready");
}

if (process.argv[1] === self && process.argv[2] !== undefined) {
  await play(process.argv[2]);
}
