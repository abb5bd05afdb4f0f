// Starts Stripe's HTTP API on a local port.

import type http from "node:http";
import type { AddressInfo } from "node:net";
import type { ApiDeps, ApiResponse } from "./api.ts";
import { Faults } from "./faults.ts";
import { IdempotencyKeys } from "./idempotency.ts";
import { createServer } from "./server.ts";
import { Settlement } from "./settlement.ts";
import { Store } from "./store.ts";
import { type Log, Webhooks } from "./webhooks.ts";

export interface SandboxOptions {
  /** 0 takes a free one. */
  readonly port: number;
  /** Default 127.0.0.1: the control routes ask for no key. */
  readonly host?: string;
  /** Where the journal is; one sandbox at a time. */
  readonly dir: string;
  readonly secretKey: string;
  /** Absent: events are kept and listed, and sent once a later start names an endpoint. */
  readonly webhookUrl?: string;
  /** A comma list signs with each, as while a secret is rolled. */
  readonly webhookSecret: string;
  /** The types that are sent. */
  readonly enabledEvents?: readonly string[];
  readonly log?: Log;
}

export interface Sandbox {
  readonly url: string;
  readonly port: number;
  stop(): Promise<void>;
}

const ENABLED_EVENTS = [
  "payment_intent.succeeded",
  "payment_intent.payment_failed",
  "payment_intent.canceled",
  "payment_intent.requires_action",
  "payment_intent.amount_capturable_updated",
  "charge.captured",
  "charge.expired",
  "charge.dispute.created",
  "charge.dispute.updated",
  "charge.dispute.funds_withdrawn",
  "charge.dispute.funds_reinstated",
  "charge.dispute.closed",
  "charge.refunded",
  "refund.updated",
  "refund.failed",
  "setup_intent.succeeded",
  "transfer.created",
  "transfer.reversed",
  "payout.paid",
  "payout.canceled",
];

const BEFORE_REPLY_MS = 2000;

/** Listens first, so that a second start on the same port fails before it touches the journal. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { secretKey, log = () => {}, host = "127.0.0.1" } = options;
  let api: ApiDeps | undefined;
  let webhooks: Webhooks | undefined;
  let settlement: Settlement | undefined;
  let settled = 0;

  const wake = () => {
    const rows = api?.store.events.rows ?? [];
    for (; settled < rows.length; settled++) settlement?.note(rows[settled]?.object.id ?? "");
    webhooks?.wake();
  };
  const server = createServer({
    secretKey,
    ready: () => api,
    wake,
    disturb: (answer, res, write) => disturb(api?.store, webhooks, answer, res, write),
  });
  await listen(server, options.port, host);
  const { port } = server.address() as AddressInfo;
  const url = `http://${host.includes(":") ? `[${host}]` : host}:${port}`;

  const keys = new IdempotencyKeys();
  const stop = async () => {
    webhooks?.stop();
    settlement?.stop();
    keys.stop();
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
    await api?.store.close();
  };
  try {
    const faults = new Faults();
    const sent: string[] = [];
    const store = new Store(options.dir, new Set(options.enabledEvents ?? ENABLED_EVENTS), {
      key: (value, self) => keys.restore(self, value),
      sent: (value) => void sent.push(value as string),
    });
    if (options.webhookUrl) {
      const secrets = options.webhookSecret.split(",").map((secret) => secret.trim());
      webhooks = new Webhooks(store, faults, log, options.webhookUrl, secrets, sent);
    }
    settlement = new Settlement(store, () => webhooks?.wake());
    settled = store.events.rows.length;
    api = { store, keys, faults, origin: url, log };
    wake();
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, port, stop };
}

/** Does with an answer what its fault says; the work is done and saved. */
function disturb(
  store: Store | undefined,
  webhooks: Webhooks | undefined,
  { fault, requestId }: ApiResponse,
  res: http.ServerResponse,
  write: () => void,
): void {
  if (fault?.kind === "timeout_after") {
    // Without `ms` the caller waits until it gives up itself.
    if (fault.ms !== undefined) setTimeout(() => res.destroy(), fault.ms).unref();
    return;
  }
  const rows = store?.events.rows ?? [];
  const event = rows.slice(-10).findLast((row) => row.requestId === requestId && row.hook);
  if (fault?.kind !== "webhook_before_reply" || !event || !webhooks) {
    write();
    return;
  }
  let written = false;
  const once = () => {
    if (!written) write();
    written = true;
  };
  webhooks.whenDelivered(event.id, once);
  setTimeout(once, fault.ms ?? BEFORE_REPLY_MS).unref();
}

function listen(server: http.Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve();
    });
  });
}
