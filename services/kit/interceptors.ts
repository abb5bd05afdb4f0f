// What every call goes through, in this order: limit, credentials, access, rules, handler; around
// all of it the clock, the metrics, one log line, and the errors' way out.
import type { CallContext, ServerMiddleware, ServerMiddlewareCall } from "nice-grpc-common";
import { admit, type CheckToken } from "./access.ts";
import type { CallExtras } from "./call.ts";
import type { MethodRules } from "./descriptors.ts";
import { Fault } from "./errors.ts";
import { IncomingCall, late, type Received } from "./incoming.ts";
import type { Log } from "./log.ts";
import type { RpcMetrics } from "./metrics.ts";
import { Code, codeName, codeOf, detailsKey, encodeDetails, ServerError } from "./status.ts";
import { pulled } from "./streams.ts";
import type { Validate } from "./validation.ts";

/** What the chain needs to know of an rpc; found once, when the server is made. */
export interface Route extends MethodRules {
  /** `tradepost.order.v1.OrderService/GetOrder`. */
  readonly rpc: string;
  readonly validate: Validate;
  /** Whether an answer may be kept for an idempotency key. */
  readonly keepsAnswers: boolean;
  /** Whether either side sends more than one message. */
  readonly isStream: boolean;
}

export interface ChainOptions {
  /** By path: `/tradepost.order.v1.OrderService/GetOrder`. */
  readonly routes: ReadonlyMap<string, Route>;
  readonly check: CheckToken;
  readonly metrics: RpcMetrics;
  readonly log: Log;
  /** Ends streams when the server stops; other calls are waited for. */
  readonly stopping: AbortSignal;
  /** Unary calls at once, and streams at once. */
  readonly limits: { readonly calls: number; readonly streams: number };
}

type Next = ServerMiddlewareCall<unknown, unknown, CallExtras>;

export interface Chain {
  readonly through: ServerMiddleware<CallExtras>;
  /** Resolves when no call is in flight. */
  idle(): Promise<void>;
}

export function chain(options: ChainOptions): Chain {
  const inFlight = { calls: 0, streams: 0 };
  let whenIdle: (() => void)[] = [];
  options.metrics.inFlight(() => inFlight.calls + inFlight.streams);
  function tellIdle(): void {
    if (inFlight.calls + inFlight.streams === 0 && whenIdle.length > 0) {
      for (const resolve of whenIdle) {
        resolve();
      }
      whenIdle = [];
    }
  }

  const through = async function* (next: Next, context: CallContext) {
    const startedAt = performance.now();
    const route = options.routes.get(next.method.path);
    if (!route) {
      throw new ServerError(Code.UNIMPLEMENTED, "not implemented");
    }
    const call = new IncomingCall(context, route);
    const kind = route.isStream ? "streams" : "calls";
    inFlight[kind] += 1;
    let failure: Fault | undefined;
    try {
      if (inFlight[kind] > options.limits[kind]) {
        throw new Fault("OVERLOADED", "too many calls at once", { retryAfterMs: 1_000 });
      }
      call.caller = await admit(route.rpc, route.access, call, options.check);
      const request = checked(next, call, route);
      const result: AsyncGenerator<unknown, unknown> = next.next(
        request as never,
        Object.assign(context, { call }),
      );
      return yield* pulled(result, call, route.isStream ? options.stopping : undefined);
    } catch (error) {
      const fault = toFault(error, call);
      failure = fault;
      if (fault.reason === "INTERNAL") {
        const { rpc, requestId } = call;
        options.log.warn({ rpc, requestId, err: fault.cause }, "internal error");
      }
      throw told(fault, context);
    } finally {
      inFlight[kind] -= 1;
      tellIdle();
      call.close();
      const ms = performance.now() - startedAt;
      const code = codeName(failure ? codeOf(failure) : Code.OK);
      options.metrics.observe(route.rpc, code, ms / 1_000);
      if (options.log.isLevelEnabled("debug")) {
        const { rpc, requestId, caller } = call;
        const { userId, service } = caller;
        const why = failure && { reason: failure.reason, err: failure.cause };
        options.log.debug({ rpc, code, ms, requestId, userId, service, ...why }, "rpc");
      }
    }
  };
  return {
    through: through as ServerMiddleware<CallExtras>,
    idle: () =>
      new Promise((resolve) => {
        whenIdle.push(resolve);
        tellIdle();
      }),
  };
}

function checked(next: Next, call: IncomingCall, route: Route): unknown {
  if (next.requestStream) {
    return checkedStream(next.request, route);
  }
  const { message, bytes } = checkedMessage(next.request as Received, route);
  call.received(bytes);
  if ((call.idempotencyKey?.length ?? 0) > 255) {
    const violation = {
      field: "Idempotency-Key",
      rule: "string.max_len",
      message: "must be at most 255 characters",
    };
    throw new Fault("INVALID_FIELD", "the idempotency key is too long", {
      violations: [violation],
    });
  }
  return message;
}

async function* checkedStream(requests: AsyncIterable<unknown>, route: Route) {
  for await (const request of requests) {
    yield checkedMessage(request as Received, route).message;
  }
}

function checkedMessage(received: Received, route: Route): Received {
  if (!received.message) {
    throw new Fault("MALFORMED_MESSAGE", "the message is not valid protobuf");
  }
  route.validate(received.bytes);
  return received;
}

/** Everything that is thrown, as what the caller may see of it. */
function toFault(error: unknown, call: IncomingCall): Fault {
  if (error instanceof Fault && error.reason !== "INTERNAL") {
    return error;
  }
  if (call.signal.aborted && error instanceof Error && error.name === "AbortError") {
    const { reason } = call.signal;
    if (reason instanceof Fault) {
      return reason;
    }
    return Date.now() >= +call.deadline ? late() : new Fault("CANCELLED", "the caller went away");
  }
  return new Fault("INTERNAL", "internal error", { cause: error });
}

function told(fault: Fault, context: CallContext): ServerError {
  context.trailer.set(detailsKey, encodeDetails(fault));
  if (fault.reason === "DEPENDENCY_DOWN") {
    // Whoever lost the dependency has tried it again already; once more here would multiply.
    context.trailer.set("grpc-retry-pushback-ms", "-1");
  }
  return new ServerError(codeOf(fault), fault.message);
}
