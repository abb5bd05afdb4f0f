/** Express in front, transcoding from the contracts behind. */
import type { Server } from "node:http";
import express, { type Express, type NextFunction, type Request, type Response } from "express";
import helmet from "helmet";
import type { Registry } from "prom-client";
import type { Log } from "#kit/log.ts";
import { AnswerReaders, type Writers } from "./answer/reader.ts";
import type { StreamTimes } from "./answer/stream.ts";
import { type Contract, contractOf } from "./contract/contract.ts";
import { beginExchange, exchangeOf } from "./exchange.ts";
import { Readers } from "./json/read.ts";
import { observe } from "./observe.ts";
import { documentOfContract } from "./openapi/document.ts";
import { docs, reference } from "./pages/docs.ts";
import { live, ready, sendJson, services } from "./pages/health.ts";
import { metricsPage } from "./pages/metrics.ts";
import { internal, Problem, problem } from "./problems/problem.ts";
import { sendProblem } from "./problems/send.ts";
import type { Handler, Route } from "./routes/handler.ts";
import { router } from "./routes/router.ts";
import { parseTemplate } from "./routes/template.ts";
import { RouteTree } from "./routes/tree.ts";
import { close, createServer, endConnection, listen } from "./server.ts";
import { transcode } from "./transcode.ts";
import { TokenExchanges } from "./upstream/token-exchange.ts";
import { Upstream, type UpstreamOptions } from "./upstream/upstream.ts";

export interface GatewayOptions extends UpstreamOptions {
  /** A FileDescriptorSet with options: its bytes, or those in base64. */
  readonly descriptors: string | Uint8Array;
  /** The OpenAPI document that was generated with comments; absent: made from the descriptors. */
  readonly openapi?: string;
  /** What `buf generate` made for the answers' messages; others are read by the descriptors. */
  readonly writers?: Writers;
  readonly log: Log;
  readonly metrics: Registry;
  /** How many proxies of ours stand before the gateway. */
  readonly trustedProxies?: number;
  /** Metadata of every call that says who the gateway is, where no certificate does. */
  readonly identity?: Readonly<Record<string, string>>;
  readonly streams?: Partial<StreamTimes>;
  /** How long it answers as usual, but not ready, before it stops. */
  readonly shutdownDelayMs?: number;
}

export interface Gateway {
  /** An ordinary Express app. */
  readonly app: Express;
  readonly server: Server;
  /** Resolves to the port; 0 asks for a free one. */
  listen(port: number, host: string): Promise<number>;
  /** Finishes what runs, within eight seconds. */
  stop(): Promise<void>;
}

export function createGateway(options: GatewayOptions): Gateway {
  const { log, metrics, shutdownDelayMs = 0 } = options;
  const contract = contractOf(options.descriptors);
  const upstream = new Upstream(contract, options);
  const stopping = new AbortController();
  const inFlight = new Set<Response>();
  let isReady = false;

  const routes = routesOf(contract, upstream, stopping.signal, options);
  addPages(routes, contract, upstream, () => isReady, options);

  const app = express();
  app.disable("x-powered-by").disable("etag").set("query parser", false);
  app.use(beginExchange, observe(log, metrics, inFlight), helmet());
  app.use((_req: Request, res: Response, next: NextFunction) => {
    if (stopping.signal.aborted) {
      endConnection(res);
    }
    next();
  });
  app.use(router(routes));
  app.use((_req, _res, next) => next(problem("ROUTE_NOT_FOUND", "no route has this path")));
  app.use((error: unknown, req: Request, res: Response, _next: NextFunction) => {
    if (!(error instanceof Problem)) {
      log.error({ err: error, requestId: exchangeOf(res).requestId }, "request failed");
    }
    sendProblem(req, res, error instanceof Problem ? error : internal(), contract.catalogue);
  });
  const listener = createServer(app);
  const { server } = listener;

  return {
    app,
    server,
    async listen(port, host) {
      const bound = await listen(server, port, host);
      isReady = true;
      return bound;
    },
    async stop() {
      isReady = false;
      if (shutdownDelayMs > 0) {
        await new Promise((resolve) => setTimeout(resolve, shutdownDelayMs));
      }
      stopping.abort();
      await close(listener, inFlight);
      upstream.close();
    },
  };
}

function routesOf(
  contract: Contract,
  upstream: Upstream,
  stopping: AbortSignal,
  { log, trustedProxies = 0, identity = {}, streams, writers = {} }: GatewayOptions,
): RouteTree<Route> {
  const routes = new RouteTree<Route>();
  const deps = {
    contract,
    upstream,
    stopping,
    log,
    readers: new Readers(contract.registry),
    answers: new AnswerReaders(contract.registry, writers),
    exchanges: new TokenExchanges(contract, upstream),
    metadata: { trustedProxies, identity },
    streams: { openAfterMs: 1_000, keepAliveMs: 15_000, ...streams },
  };
  for (const rpc of contract.rpcs) {
    for (const rule of rpc.options.http) {
      const template = parseTemplate(rule.path);
      const handle = transcode(rpc, rule, template, deps);
      routes.add(rule.method, template, { label: template.source, handle });
    }
  }
  return routes;
}

/** The gateway's own routes. A contract that takes one of them stops the start. */
function addPages(
  routes: RouteTree<Route>,
  contract: Contract,
  upstream: Upstream,
  isReady: () => boolean,
  { metrics, identity = {}, openapi }: GatewayOptions,
): void {
  const document = openapi ?? JSON.stringify(documentOfContract(contract));
  const pages: Readonly<Record<string, Handler>> = {
    "/health": live,
    "/health/ready": ready(isReady),
    "/health/services": services(upstream, identity),
    "/metrics": metricsPage(metrics),
    "/openapi.json": (_req, res) => sendJson(res, 200, document),
    "/docs": docs,
    "/docs/reference.js": reference,
  };
  for (const [path, handle] of Object.entries(pages)) {
    routes.add("GET", parseTemplate(path), { label: path, handle });
  }
}
