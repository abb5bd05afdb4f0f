// What the tests share: a sandbox of their own, the real client, and an endpoint that listens.
import { mkdtemp, rm } from "node:fs/promises";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import Stripe from "stripe";
import { type Sandbox, startSandbox } from "./sandbox.ts";

export const SECRET_KEY = "sk_test_harness";
export const WEBHOOK_SECRET = "whsec_harness";

export interface Harness {
  readonly stripe: Stripe;
  readonly endpoint: Endpoint;
  /** Where it keeps its files. */
  readonly dir: string;
  url(): string;
  restart(whileDown?: () => Promise<void>): Promise<void>;
  fault(rule: object): Promise<void>;
  stop(): Promise<void>;
}

/** The client never retries by itself, so that each test sees each answer. */
export function clientOf(port: number): Stripe {
  return new Stripe(SECRET_KEY, {
    host: "127.0.0.1",
    port,
    protocol: "http",
    maxNetworkRetries: 0,
    telemetry: false,
    timeout: 5000,
  });
}

export async function startHarness(enabledEvents?: readonly string[]): Promise<Harness> {
  const dir = await mkdtemp(path.join(tmpdir(), "stripe-sandbox-"));
  const endpoint = await startEndpoint();
  const start = (port: number): Promise<Sandbox> =>
    startSandbox({
      port,
      dir,
      secretKey: SECRET_KEY,
      webhookSecret: WEBHOOK_SECRET,
      webhookUrl: endpoint.url,
      ...(enabledEvents && { enabledEvents }),
    });
  let sandbox = await start(0);

  return {
    stripe: clientOf(sandbox.port),
    endpoint,
    dir,
    url: () => sandbox.url,
    async restart(whileDown) {
      await sandbox.stop();
      await whileDown?.();
      sandbox = await start(sandbox.port);
    },
    async fault(rule) {
      const body = JSON.stringify(rule);
      const answer = await fetch(`${sandbox.url}/_faults`, { method: "POST", body });
      if (answer.status !== 201) throw new Error(await answer.text());
    },
    async stop() {
      await sandbox.stop();
      await endpoint.stop();
      await rm(dir, { recursive: true });
    },
  };
}

interface Delivery {
  readonly event: Stripe.Event;
  readonly body: string;
  readonly signature: string;
}

/** A webhook endpoint that checks each signature with the stripe package. */
interface Endpoint {
  readonly url: string;
  readonly deliveries: Delivery[];
  /** What it answers with; 200 at first. */
  status: number;
  /** Resolves with the first `count` deliveries about an object. */
  about(objectId: string, count: number): Promise<Delivery[]>;
  stop(): Promise<void>;
}

async function startEndpoint(): Promise<Endpoint> {
  const deliveries: Delivery[] = [];
  let waiting: (() => void)[] = [];
  const verifier = new Stripe(SECRET_KEY);
  const server = http.createServer(async (req, res) => {
    let body = "";
    for await (const chunk of req) body += chunk;
    const signature = req.headers["stripe-signature"] as string;
    const event = verifier.webhooks.constructEvent(body, signature, WEBHOOK_SECRET);
    deliveries.push({ event, body, signature });
    res.writeHead(endpoint.status).end();
    const ready = waiting;
    waiting = [];
    for (const wake of ready) wake();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const endpoint: Endpoint = {
    url: `http://127.0.0.1:${port}/webhooks/stripe`,
    deliveries,
    status: 200,
    async about(objectId, count) {
      for (;;) {
        const found = deliveries.filter(
          ({ event }) => (event.data.object as { id?: string }).id === objectId,
        );
        if (found.length >= count) return found.slice(0, count);
        await new Promise<void>((resolve) => waiting.push(resolve));
      }
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return endpoint;
}

/** What a rejected call was rejected with. */
export async function refusal(call: Promise<unknown>): Promise<Stripe.errors.StripeError> {
  try {
    await call;
  } catch (error) {
    if (error instanceof Stripe.errors.StripeError) return error;
    throw error;
  }
  throw new Error("the call was not refused");
}
