/** For balancing.test.ts: product as a process of its own, at a loopback address of its own. */
import { join } from "node:path";
import { isServing, until } from "../../infra/dev/readiness.ts";
import { root } from "../../infra/dev/root.ts";
import { startProcess } from "../../infra/dev/server-process.ts";

export interface ProductInstance {
  /** How many calls of GetProduct it has answered well, by its own metrics. */
  answered(): Promise<number>;
  isRunning(): boolean;
  /** kill -9 */
  kill(): void;
  stop(): Promise<void>;
}

const COUNT =
  /^rpc_server_duration_seconds_count\{.*rpc="[^"]*\/GetProduct".*code="OK".*\} (\d+)$/m;

export async function startProduct(options: {
  readonly address: string;
  readonly port: number;
  readonly metricsPort: number;
  /** Of its database. */
  readonly url: string;
  readonly log: string;
}): Promise<ProductInstance> {
  const { address, port, metricsPort, url, log } = options;
  const launched = await startProcess({
    file: process.execPath,
    args: [join(root, "dist/services/product/main.js")],
    cwd: root,
    env: {
      PATH: process.env.PATH,
      PROFILE: "test",
      HOST: address,
      GRPC_PORT: String(port),
      METRICS_PORT: String(metricsPort),
      DATABASE_URL: url,
      SEED: "demo",
    },
    log,
    ipc: true,
  });
  let isRunning = true;
  void launched.exited.then(() => {
    isRunning = false;
  });
  await until(() => isServing(`${address}:${port}`), AbortSignal.timeout(30_000));
  return {
    async answered() {
      const page = await fetch(`http://${address}:${metricsPort}/metrics`);
      const [, count = "0"] = COUNT.exec(await page.text()) ?? [];
      return Number(count);
    },
    isRunning: () => isRunning,
    kill: launched.kill,
    stop: launched.stop,
  };
}
