/** One request of a client, and what is known after it. */
import { createHash } from "node:crypto";
import type { Line, Outcome } from "./history.ts";

/** No answer in this time is no answer; milliseconds. The gateway's own limit is below. */
const PATIENCE_MS = 12_000;

export interface Request {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly token?: string;
  readonly key?: string;
  readonly body?: object;
}

export interface Known {
  readonly outcome: Outcome;
  readonly status: number;
  readonly reason: string;
  readonly digest?: string;
  // biome-ignore lint/suspicious/noExplicitAny: what a stranger answered
  readonly body?: any;
}

/**
 * Below 500, and yet nothing was said of the request: it came too late or too often, or from somebody
 * who is not believed. All clients here have good tokens, which a clock six minutes behind has not
 * heard of yet (F8).
 */
const UNANSWERED = new Set([401, 408, 429]);
/** Not known either: the first request with this key may still be running. */
const OPEN_REASONS = new Set(["IDEMPOTENCY_IN_PROGRESS"]);

export async function ask(baseUrl: string, request: Request): Promise<Known> {
  const { method, path, token, key, body } = request;
  const headers: Record<string, string> = {};
  if (token) {
    headers.authorization = `Bearer ${token}`;
  }
  if (key) {
    headers["idempotency-key"] = key;
  }
  if (body) {
    headers["content-type"] = "application/json";
  }
  try {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const sent = body ? { body: JSON.stringify(body) } : {};
    const answer = await fetch(`${baseUrl}${path}`, { method, headers, signal, ...sent });
    const text = await answer.text();
    return judge(answer.status, text);
  } catch (error) {
    const cause = (error as Error).cause as { code?: string } | undefined;
    return { outcome: "info", status: 0, reason: cause?.code ?? (error as Error).name };
  }
}

function judge(status: number, text: string): Known {
  const body = parse(text);
  const reason = typeof body?.reason === "string" ? body.reason : "";
  if (status >= 200 && status < 300) {
    const digest = createHash("sha256").update(text).digest("hex");
    return { outcome: "ok", status, reason, digest, body };
  }
  const isOpen = status >= 500 || UNANSWERED.has(status) || OPEN_REASONS.has(reason);
  return { outcome: isOpen ? "info" : "fail", status, reason, body };
}

function parse(text: string) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What an answer says of an order, as the history keeps it. */
export function orderIn({ outcome, body }: Known) {
  if (outcome !== "ok" || typeof body?.id !== "string") {
    const orderId = body?.metadata?.orderId ?? body?.orderId;
    return typeof orderId === "string" ? { orderId } : {};
  }
  const told: Line[] = (body.items ?? []).map(
    (item: { productId: string; quantity: number }): Line => ({
      product: item.productId,
      quantity: item.quantity,
    }),
  );
  return {
    orderId: body.id as string,
    state: body.status as string,
    told,
    ...(body.total && { total: body.total.amount, currency: body.total.currencyCode }),
  };
}
