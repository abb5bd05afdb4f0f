/** One HTTP route of one rpc: request → call → answer. */
import type { Metadata, ServiceError } from "@grpc/grpc-js";
import type { Request, Response } from "express";
import { sendOnceMore } from "#kit/cut-off.ts";
import type { Log } from "#kit/log.ts";
import type { HttpRule } from "../services/kit/rpc-options.ts";
import type { AnswerReader } from "./answer/answer.ts";
import type { AnswerReaders } from "./answer/reader.ts";
import { pipeStream, type StreamTimes } from "./answer/stream.ts";
import { sendNothing, sendUnary, type UnaryAnswer, unaryAnswerOf } from "./answer/unary.ts";
import { type Contract, packageOf, type Rpc } from "./contract/contract.ts";
import { exchangeOf } from "./exchange.ts";
import type { Readers } from "./json/read.ts";
import { documentOf, Problem, withHeaders } from "./problems/problem.ts";
import { told } from "./problems/told.ts";
import { RequestBinder } from "./request/bind.ts";
import { timeoutMs } from "./request/deadline.ts";
import { type MetadataOptions, metadataOf } from "./request/metadata.ts";
import type { Handler } from "./routes/handler.ts";
import type { Template } from "./routes/template.ts";
import { type Several, severalOf } from "./upstream/several.ts";
import type { TokenExchanges } from "./upstream/token-exchange.ts";
import type { CallOptions, Upstream } from "./upstream/upstream.ts";

export interface TranscodeDeps {
  readonly contract: Contract;
  readonly readers: Readers;
  readonly answers: AnswerReaders;
  readonly upstream: Upstream;
  readonly exchanges: TokenExchanges;
  readonly metadata: MetadataOptions;
  readonly log: Log;
  readonly streams: StreamTimes;
  /** Ends streams: the gateway stops. */
  readonly stopping: AbortSignal;
}

/** Everything that can be known of the route is worked out here, once. */
export function transcode(
  rpc: Rpc,
  rule: HttpRule,
  template: Template,
  deps: TranscodeDeps,
): Handler {
  const route: Route = {
    rpc,
    path: `/${rpc.method.parent.typeName}/${rpc.method.name}`,
    packageName: packageOf(rpc.method.parent),
    several:
      rpc.options.servedBy === undefined ? undefined : severalOf(rpc, deps.upstream.packages),
    bodyField: rule.body === "*" ? "" : rule.body,
    binder: new RequestBinder(rpc, rule, template, deps.readers),
    reader: deps.answers.of(rpc, rule),
    answer: unaryAnswerOf(rpc, rule),
  };
  const { methodKind } = rpc.method;
  if (methodKind !== "unary" && methodKind !== "server_streaming") {
    throw new Error(`${route.path}: HTTP has no way to call a ${methodKind} rpc`);
  }
  return async (req, res, segments, query) => {
    const metadata = metadataOf(req, exchangeOf(res), rpc.options.headers, deps.metadata);
    const deadline = Date.now() + timeoutMs(req, rpc.options.deadlineMs);
    const request = await route.binder.bind(req, segments, query);
    if (req.method === "HEAD" && methodKind !== "unary") {
      // Its body would never end, and nobody reads it.
      res.writeHead(200, { "Cache-Control": "no-store" }).end();
      return;
    }
    const forget = rpc.options.access?.public
      ? undefined
      : await deps.exchanges.authorize(req, metadata);
    const call: CallOptions = { ...route, metadata, deadline };
    try {
      await (methodKind === "unary"
        ? callUnary(route, call, request, req, res, deps)
        : callStream(route, call, request, req, res, deps));
    } catch (error) {
      if (error instanceof Problem && isOfCredentials(error, deps.contract)) {
        forget?.();
      }
      throw error;
    }
  };
}

function isOfCredentials({ reason }: Problem, { catalogue }: Contract): boolean {
  return catalogue.get(reason)?.httpStatus === 401;
}

interface Route {
  readonly rpc: Rpc;
  readonly path: string;
  readonly packageName: string;
  readonly several: Several | undefined;
  readonly bodyField: string;
  readonly binder: RequestBinder;
  readonly reader: AnswerReader;
  readonly answer: UnaryAnswer;
}

async function callUnary(
  route: Route,
  options: CallOptions,
  request: Uint8Array,
  req: Request,
  res: Response,
  { upstream, log }: TranscodeDeps,
): Promise<void> {
  const mayRepeat = route.rpc.options.idempotent;
  const ask = (packageName: string, bytes: Uint8Array) =>
    askOne(upstream, { ...options, packageName, mayRepeat }, bytes, req, res, (error) =>
      told(error, route, log, res),
    );
  const { several, answer } = route;
  const packageName = several ? several.chosen(request) : route.packageName;
  const { bytes, isReplayed } =
    several && packageName === undefined
      ? {
          bytes: await several.askAll(request, async (...one) => (await ask(...one)).bytes),
          isReplayed: false,
        }
      : await ask(packageName ?? route.packageName, request);
  if (answer.status === 204) {
    sendNothing(res, isReplayed);
  } else {
    sendUnary(req, res, route.reader.read(bytes), answer, isReplayed);
  }
}

interface Answered {
  readonly bytes: Uint8Array;
  readonly isReplayed: boolean;
}

function askOne(
  upstream: Upstream,
  options: CallOptions & { readonly mayRepeat: boolean },
  request: Uint8Array,
  req: Request,
  res: Response,
  problemOf: (error: ServiceError) => Problem,
): Promise<Answered> {
  return new Promise((resolve, reject) => {
    let isReplayed = false;
    const send = (answered: (error: ServiceError | null, bytes?: Uint8Array) => void) => {
      const call = upstream.unary(options, request, answered);
      if (req.headers["idempotency-key"] !== undefined) {
        call.on("metadata", (metadata) => {
          isReplayed = saysReplayed(metadata);
        });
      }
      return call;
    };
    const call = sendOnceMore(options.mayRepeat, send, (error, bytes) => {
      if (error) {
        const problem = problemOf(error);
        const wasKept = isReplayed || saysReplayed(error.metadata);
        reject(wasKept ? withHeaders(problem, replayedHeader) : problem);
        return;
      }
      resolve({ bytes: bytes ?? new Uint8Array(), isReplayed });
    });
    res.once("close", () => {
      if (!res.writableFinished) {
        call.cancel();
      }
    });
  });
}

function callStream(
  route: Route,
  options: CallOptions,
  request: Uint8Array,
  req: Request,
  res: Response,
  { upstream, log, contract, streams, stopping }: TranscodeDeps,
): Promise<void> {
  const isEvents = /\btext\/event-stream\b/.test(req.headers.accept ?? "");
  const call = upstream.stream(options, request);
  return pipeStream(call, res, {
    ...streams,
    isEvents,
    reader: route.reader,
    stopping,
    problemOf: (error) => told(error, route, log, res),
    describe: (problem) =>
      JSON.stringify(documentOf(problem, contract.catalogue, exchangeOf(res).requestId)),
  });
}

const replayedHeader = { "Idempotent-Replayed": "true" };

function saysReplayed(metadata: Metadata | undefined): boolean {
  return metadata?.get("idempotent-replayed")[0] === "true";
}
