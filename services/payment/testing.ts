// For tests only: the payment service behind real gRPC, on a database of its own, with the Stripe
// sandbox over a socket and its webhooks coming in.
import { createHmac } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Payment_Capture, PaymentServiceDefinition } from "#gen/tradepost/payment/v1/payment.ts";
import type { RoleName } from "#kit/call.ts";
import { silent } from "#kit/log.ts";
import { createMetrics } from "#kit/metrics.ts";
import { type As, testDatabase, testService, tokenFor } from "#kit/testing.ts";
import { startSandbox } from "../../infra/stripe-sandbox/sandbox.ts";
import { createReconciler } from "./reconciler.ts";
import { recoverOnce } from "./recovery.ts";
import { paymentParts, paymentService } from "./service.ts";
import { stripeProvider } from "./stripe.ts";
import { behindItsBack, testOrders } from "./testing-others.ts";

const webhookSecrets = ["whsec_new", "whsec_old"];

const secretKey = "sk_test_payment";

export interface PaymentsOptions {
  /** How long the service waits for the sandbox. */
  readonly timeoutMs?: number;
}

export async function startPayments({ timeoutMs = 5_000 }: PaymentsOptions = {}) {
  const dir = await mkdtemp(join(tmpdir(), "tradepost-payment-"));
  const { db, drop } = await testDatabase("payment");
  const endpoint = await startEndpoint((body, signature) =>
    hooks.handleStripeEvent(
      { body: { contentType: "application/json", data: body, extensions: [] } },
      { headers: { "stripe-signature": signature } },
    ),
  );
  const sandbox = await startSandbox({
    port: 0,
    dir,
    secretKey,
    webhookUrl: endpoint.url,
    webhookSecret: webhookSecrets.join(","),
  });
  const provider = stripeProvider({
    secretKey,
    apiBase: sandbox.url,
    webhookSecrets,
    returnUrl: "https://shop.test/back",
    timeoutMs,
  });
  const parts = paymentParts({ db, provider, published: () => {} });
  const orders = testOrders();
  const metrics = createMetrics("payment");
  const reconciling = { ...parts, orders, metrics, log: silent, graceMs: -1_000, secondLookMs: 0 };
  const reconciler = createReconciler(reconciling);
  const service = await testService("payment", {
    rpcs: [[PaymentServiceDefinition, paymentService({ ...parts, reconciler })]],
  });
  const client = (as?: As) => service.client(PaymentServiceDefinition, as);
  const hooks = client();
  const token = (userId: string, roles?: readonly RoleName[]) =>
    tokenFor({ userId, ...(roles && { roles }) });
  const control = async (method: string, path: string, body?: object) => {
    const answer = await fetch(`${sandbox.url}${path}`, {
      method,
      ...(body && { body: JSON.stringify(body) }),
    });
    return answer.json() as Promise<Record<string, unknown>>;
  };

  return {
    db,
    provider,
    parts,
    hooks,
    /** What the order service says of its orders. */
    orders: orders.states,
    reconciler,
    metrics,
    address: service.address,
    adminToken: await token("user-admin", ["ADMIN"]),
    ...behindItsBack(sandbox.url, secretKey),
    /** What the order service calls. */
    order: client({ service: "order", timeoutMs: 10_000 }),
    support: client({ token: await token("user-support", ["SUPPORT"]) }),
    operator: client({ service: "operator", timeoutMs: 10_000 }),
    merchant: async (userId: string) => client({ token: await token(userId, ["MERCHANT"]) }),
    admin: client({ token: await token("user-admin", ["ADMIN"]) }),
    person: async (userId: string) => client({ token: await token(userId) }),
    /** Another process of the same service, over the same database. */
    replica: () => paymentParts({ db, provider, published: () => {} }),
    fault: (kind: string, path: string, more: object = {}) =>
      control("POST", "/_faults", { kind, match: { path }, ...more }),
    webhookFault: (kind: string, more: object = {}) =>
      control("POST", "/_faults", { kind, ...more }),
    /** The faults that nothing has met yet. */
    faults: async () => (await control("GET", "/_faults")).faults as readonly object[],
    calm: () => control("DELETE", "/_faults"),
    /** What Stripe knows of an order. */
    async atStripe(orderId: string) {
      const { orders } = await control("GET", `/_ledger?order_id=${orderId}`);
      return (orders as Record<string, StripeLedger>)[orderId];
    },
    /** What the person does at the bank's page, for a payment or a method's setup. */
    authenticate: (intentId: string, outcome: "success" | "fail") =>
      control("POST", `/_3ds/${intentId}`, { outcome }),
    /** An authorisation's time is over. */
    expire: (intentId: string) => control("POST", `/_authorizations/${intentId}`, {}),
    /** While it is off, what Stripe tells does not arrive. */
    endpoint,
    /** At once; with `{}` after the time that it usually waits. */
    recover: (wait: { readonly afterMs?: number } = { afterMs: -1_000 }) =>
      recoverOnce({ ...parts, log: silent, ...wait }),
    async stop() {
      await sandbox.stop();
      await endpoint.stop();
      await service.stop();
      await drop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

interface StripeLedger {
  readonly intents: readonly string[];
  readonly succeeded: readonly string[];
  readonly captured: number;
  readonly refunded: number;
  readonly fees: number;
}

export type StartedPayments = Awaited<ReturnType<typeof startPayments>>;

async function startEndpoint(take: (body: Buffer, signature: string) => Promise<unknown>) {
  const state = { isOn: true };
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) {
      chunks.push(chunk as Buffer);
    }
    try {
      if (!state.isOn) {
        throw new Error("off");
      }
      await take(Buffer.concat(chunks), String(request.headers["stripe-signature"]));
      response.writeHead(200).end();
    } catch {
      response.writeHead(500).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return Object.assign(state, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks/stripe`,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}

let orders = 0;

/** A charge of 10.00 USD: 7.00 to one merchant, 2.00 to another, the rest to the shop. */
export function chargeOf(
  more: {
    orderId?: string;
    userId?: string;
    paymentMethod?: string;
    capture?: Payment_Capture;
  } = {},
) {
  const money = (amount: bigint) => ({ currencyCode: "USD", amount });
  return {
    orderId: `order-${process.pid}-${++orders}`,
    userId: "user-123",
    amount: money(1_000n),
    paymentMethod: "pm_card_visa",
    capture: Payment_Capture.AUTOMATIC as Payment_Capture,
    shares: [
      { merchantId: "m-1", amount: money(700n) },
      { merchantId: "m-2", amount: money(200n) },
      { merchantId: "", amount: money(100n) },
    ],
    ...more,
  };
}

/** A webhook as Stripe would send it, signed with a secret at a time, in seconds. */
export function signed(event: object, secret: string, at = Date.now() / 1000) {
  const text = JSON.stringify(event);
  const time = Math.floor(at);
  const signature = createHmac("sha256", secret).update(`${time}.${text}`).digest("hex");
  return {
    request: { body: { contentType: "application/json", data: Buffer.from(text), extensions: [] } },
    as: { headers: { "stripe-signature": `t=${time},v1=${signature}` } },
  };
}
