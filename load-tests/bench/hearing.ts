/**
 * From an order's answer to where people hear of it, on a mesh of its own that is idle otherwise:
 * the inbox's stream, the mail and the minute's window. One order at a time; what has come is looked
 * at each 50 ms.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Mesh, startMesh } from "../../infra/dev/mesh.ts";
import { eventsOf, watcher } from "../../tests/e2e/event-stream.ts";
import { eventually, printedOrder, rest } from "../../tests/e2e/rest.ts";

const ORDERS = 100;
const WARM = 20;
/** Between orders, so that they fall anywhere between two looks at what changed; milliseconds. */
const PAUSE_MS = [100, 1_100] as const;
const PATIENCE_MS = 10_000;
const SUBJECT = "Your order is confirmed";

const dir = await mkdtemp(join(tmpdir(), "tradepost-hearing-"));
const mesh = await startMesh({ dir, ports: "free", env: { LOG_LEVEL: "warn" } });
try {
  await mesh.ready("kafka");
  print(await measure(mesh));
} finally {
  await mesh.stop();
  await rm(dir, { recursive: true, force: true });
}

async function measure({ gatewayUrl, mail }: Mesh): Promise<Record<string, number[]>> {
  const demo = await rest(gatewayUrl).as("demo@tradepost.dev");
  const watch = await watcher(mesh, "demo@tradepost.dev");
  const watchShop = await watcher(mesh, "admin@tradepost.dev");
  const told = new Set<string>();
  void follow<Notification>(await watch("/api/v1/notifications:stream"), (data) => {
    told.add(`${data.kind} ${data.orderId}`);
  });
  const windows = new Map<string, number>();
  void follow<Window>(await watchShop("/api/v1/analytics/windows:watch"), (data) => {
    windows.set(`${data.startTime} ${data.currencyCode}`, data.orders);
  });
  const took: Record<string, number[]> = { "in-app stream": [], mail: [], window: [] };

  for (let n = 1; n <= WARM + ORDERS; n += 1) {
    const { status, body, text } = await demo.post("/api/v1/orders", printedOrder);
    if (status !== 201) {
      throw new Error(text);
    }
    const begun = performance.now();
    const after = async (channel: string, isThere: () => boolean | Promise<boolean>) => {
      await eventually(async () => isThere(), Boolean, PATIENCE_MS);
      if (n > WARM) {
        took[channel]?.push(performance.now() - begun);
      }
    };
    await Promise.all([
      after("in-app stream", () => told.has(`ORDER_CONFIRMED ${body.id}`)),
      after("mail", async () => (await mailsOf(mail.url)) === n),
      after("window", () => [...windows.values()].reduce((sum, orders) => sum + orders, 0) === n),
    ]);
    await pause();
  }
  return took;
}

interface Notification {
  readonly kind: string;
  readonly orderId: string;
}

interface Window {
  readonly startTime: string;
  readonly currencyCode: string;
  readonly orders: number;
}

/** Tells of each event until the mesh ends, and the stream with it. */
async function follow<Data>(stream: Response, tell: (data: Data) => void): Promise<void> {
  try {
    for await (const { data } of eventsOf<Data>(stream)) {
      tell(data);
    }
  } catch {
    // Cut off at the end; before it, whoever waits for an event says that none came.
  }
}

async function mailsOf(url: string): Promise<number> {
  const { body } = await rest(url).get("/mails?to=demo@tradepost.dev&limit=1000");
  const mails = body.mails as readonly { readonly subject: string }[];
  return mails.filter(({ subject }) => subject === SUBJECT).length;
}

function pause(): Promise<void> {
  const [least, most] = PAUSE_MS;
  return new Promise((resolve) => setTimeout(resolve, least + Math.random() * (most - least)));
}

function print(took: Readonly<Record<string, readonly number[]>>): void {
  const rows = Object.entries(took).map(([channel, times]) => {
    const sorted = [...times].sort((a, b) => a - b);
    const at = (share: number) => Math.round(sorted[Math.ceil(share * sorted.length) - 1] ?? 0);
    return { channel, p50: at(0.5), p95: at(0.95), max: at(1) };
  });
  if (process.argv.includes("--json")) {
    process.stdout.write(`${JSON.stringify(rows)}\n`);
    return;
  }
  const lines = rows.map(
    ({ channel, p50, p95, max }) => `| ${channel} | ${p50} | ${p95} | ${max} |`,
  );
  const head = ["| heard by | p50 ms | p95 ms | max ms |", "| --- | ---: | ---: | ---: |"];
  process.stdout.write(`${[...head, ...lines].join("\n")}\n`);
}
