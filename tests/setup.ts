import { chmod, mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startKafka } from "../infra/dev/kafka.ts";
import { startPostgres } from "../infra/dev/postgres.ts";

/** What a test file may ask for by `GET /<name>`; started when the first one asks. */
interface Started {
  readonly address: string;
  readonly stop: () => Promise<void>;
  readonly kill: () => void;
}

const START: Readonly<Record<string, (dir: string) => Promise<Started>>> = {
  async postgres(dir) {
    const { url, stop, kill } = await startPostgres({ dir });
    return { address: url, stop, kill };
  },
  async kafka(dir) {
    const { brokers, stop, kill } = await startKafka({ dir });
    return { address: brokers, stop, kill };
  },
};

const started = new Map<string, Promise<Started>>();
const folders: string[] = [];
let harness: Server | undefined;

/**
 * One PostgreSQL and one Kafka for the whole run, on free ports and in folders
 * of their own, so that a mesh may run beside it. A run of pure tests starts neither.
 * Test files may be in other processes, so they ask over HTTP.
 */
export async function mochaGlobalSetup(): Promise<void> {
  const server = createServer(async (request, response) => {
    try {
      response.end((await start(request.url?.slice(1) ?? "")).address);
    } catch (error) {
      response.writeHead(500).end(error instanceof Error ? error.stack : String(error));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  // Asking keeps the test alive; being there to be asked does not.
  server.unref();
  harness = server;
  process.env.TEST_HARNESS = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  process.once("exit", killAll);
  for (const signal of ["SIGTERM", "SIGHUP"] as const) {
    process.once(signal, () => process.exit(1));
  }
}

export async function mochaGlobalTeardown(): Promise<void> {
  harness?.closeAllConnections();
  harness?.close();
  const all = await Promise.allSettled(started.values());
  await Promise.all(all.map((one) => (one.status === "fulfilled" ? one.value.stop() : undefined)));
  process.off("exit", killAll);
  await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })));
}

function start(name: string): Promise<Started> {
  const known = started.get(name);
  if (known !== undefined) {
    return known;
  }
  const starting = startIn(name);
  started.set(name, starting);
  return starting;
}

const running: Started[] = [];

async function startIn(name: string): Promise<Started> {
  const begin = START[name];
  if (!begin) {
    throw new Error(`no ${name} to start`);
  }
  const folder = await mkdtemp(join(tmpdir(), `tradepost-test-${name}-`));
  folders.push(folder);
  // Under root, PostgreSQL runs as somebody else and must get to its data.
  await chmod(folder, 0o755);
  const one = await begin(folder);
  running.push(one);
  return one;
}

/** For a run that ends without its teardown: Ctrl-C, an uncaught error. */
function killAll(): void {
  for (const one of running) {
    one.kill();
  }
}
