// One signed POST to the webhook endpoint: https://docs.stripe.com/webhooks#verify-manually
import { createHmac } from "node:crypto";
import http from "node:http";
import https from "node:https";

export interface Sender {
  /** The endpoint's status, or 0 when it gave none. */
  send(body: string): Promise<number>;
  stop(): void;
}

const STALE = -1;

/** Several secrets give several signatures, as while Stripe rolls a secret. */
export function createSender(
  url: string,
  secrets: readonly string[],
  maxSockets: number,
  timeoutMs: number,
): Sender {
  const target = new URL(url);
  const client = target.protocol === "https:" ? https : http;
  const agent = new client.Agent({ keepAlive: true, maxSockets });
  const { hostname, port, pathname, search } = target;
  const options = { agent, hostname, port, path: pathname + search, method: "POST" };

  function post(body: string): Promise<number> {
    return new Promise((resolve) => {
      const headers = {
        "Content-Type": "application/json; charset=utf-8",
        "Content-Length": Buffer.byteLength(body),
        "Stripe-Signature": sign(body, secrets),
        "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
      };
      const request = client.request({ ...options, headers }, (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      });
      request.setTimeout(timeoutMs, () => request.destroy());
      // The endpoint closed an idle connection just as it was taken: not an answer.
      request.on("error", () => resolve(request.reusedSocket ? STALE : 0));
      request.on("close", () => resolve(0));
      request.end(body);
    });
  }

  return {
    async send(body) {
      const status = await post(body);
      return status === STALE ? Math.max(await post(body), 0) : status;
    },
    stop() {
      agent.destroy();
    },
  };
}

export function sign(body: string, secrets: readonly string[], at = Date.now()): string {
  const seconds = Math.floor(at / 1000);
  const signatures = secrets.map(
    (secret) => `v1=${createHmac("sha256", secret).update(`${seconds}.${body}`).digest("hex")}`,
  );
  return `t=${seconds},${signatures.join(",")}`;
}
