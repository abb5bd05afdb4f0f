// The HTTP side: reads a request, writes an answer when the journal has it.
import http from "node:http";
import { answerOfError, bodyOf } from "./answers.ts";
import { type ApiDeps, type ApiResponse, answerApi } from "./api.ts";
import { control } from "./control.ts";
import { type ApiError, noAccess, unauthorized } from "./errors.ts";
import { newId } from "./ids.ts";
import { API_VERSION } from "./render.ts";

const MAX_BODY_CHARS = 1 << 20;

export interface ServerDeps {
  readonly secretKey: string;
  /** Known once the server listens and the journal is read; until then requests get a 503. */
  readonly ready: () => ApiDeps | undefined;
  /** Something may have happened that is to be told. */
  readonly wake: () => void;
  /** Writes, loses or keeps back an answer that a fault is about. */
  readonly disturb: (answer: ApiResponse, res: http.ServerResponse, write: () => void) => void;
}

export function createServer(deps: ServerDeps): http.Server {
  const bearer = `Bearer ${deps.secretKey}`;
  const basic = `Basic ${Buffer.from(`${deps.secretKey}:`).toString("base64")}`;

  const server = http.createServer({ keepAliveTimeout: 65_000 }, (req, res) => {
    let body = "";
    req.setEncoding("utf8");
    req.on("data", (chunk: string) => {
      body += chunk;
      if (body.length > MAX_BODY_CHARS) req.destroy();
    });
    req.on("end", () => handle(req, res, body));
  });

  function handle(req: http.IncomingMessage, res: http.ServerResponse, body: string): void {
    const api = deps.ready();
    const url = req.url ?? "/";
    if (api === undefined) {
      res.writeHead(503).end();
      return;
    }
    if (!url.startsWith("/v1") && !url.startsWith("/v2")) {
      other(api, req, res, body);
      return;
    }
    const refusal = refusalOf(req);
    if (refusal) {
      const requestId = newId("req_");
      const body = bodyOf(answerOfError(refusal, requestId));
      write(req, res, { status: refusal.status, body, requestId });
      return;
    }
    const at = url.indexOf("?");
    const key = req.headers["idempotency-key"];
    const answer = answerApi(api, {
      method: req.method ?? "GET",
      path: at < 0 ? url : url.slice(0, at),
      query: at < 0 ? "" : url.slice(at + 1),
      body,
      key: Array.isArray(key) ? key[0] : key,
    });
    if (answer instanceof Promise) void answer.then((late) => release(api, req, res, late));
    else release(api, req, res, answer);
  }

  function refusalOf({ headers }: http.IncomingMessage): ApiError | undefined {
    const given = headers.authorization;
    if (given !== bearer && given !== basic) return unauthorized(given?.replace(/^\w+ /, ""));
    const account = headers["stripe-account"];
    return account === undefined ? undefined : noAccess(String(account));
  }

  function release(
    api: ApiDeps,
    req: http.IncomingMessage,
    res: http.ServerResponse,
    answer: ApiResponse,
  ): void {
    api.store.afterKept(() => {
      if (answer.fault) deps.disturb(answer, res, () => write(req, res, answer));
      else write(req, res, answer);
      deps.wake();
    });
  }

  function other(
    api: ApiDeps,
    req: http.IncomingMessage,
    res: http.ServerResponse,
    body: string,
  ): void {
    const answer = control(api.store, api.faults, req.method ?? "GET", req.url ?? "/", body);
    api.store.commit();
    api.store.afterKept(() => {
      if (answer === undefined) {
        res.writeHead(404).end();
        return;
      }
      const location = answer.location === undefined ? {} : { Location: answer.location };
      res.writeHead(answer.status, { "Content-Type": answer.type, ...location }).end(answer.body);
      deps.wake();
    });
  }
  return server;
}

function write(req: http.IncomingMessage, res: http.ServerResponse, answer: ApiResponse): void {
  const { status, body, requestId, originalRequest } = answer;
  const key = req.headers["idempotency-key"];
  const headers = [
    "Content-Type",
    "application/json",
    "Content-Length",
    String(Buffer.byteLength(body)),
    "Request-Id",
    requestId,
    "Stripe-Version",
    (req.headers["stripe-version"] as string | undefined) ?? API_VERSION,
  ];
  if (typeof key === "string" && req.method === "POST") {
    headers.push("Idempotency-Key", key, "Original-Request", originalRequest ?? requestId);
  }
  if (originalRequest !== undefined) headers.push("Idempotent-Replayed", "true");
  // The saved 500 of a key would only be replayed, so Stripe advises against a retry.
  if (status === 500) headers.push("Stripe-Should-Retry", String(!answer.saved));
  res.writeHead(status, headers).end(body);
}
