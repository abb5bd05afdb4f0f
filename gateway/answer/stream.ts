/**
 * A server-streaming rpc as server-sent events, or as lines of JSON. The head waits for what
 * comes first: a message, the end (204: there is nothing more to come, an EventSource stops), or
 * an error (a problem like any other).
 */
import { type ClientReadableStream, type ServiceError, status } from "@grpc/grpc-js";
import type { Response } from "express";
import { internal, type Problem, problem } from "../problems/problem.ts";
import type { AnswerReader } from "./answer.ts";

export interface StreamTimes {
  /** When a stream that says nothing is begun all the same, so that the client sees it open. */
  readonly openAfterMs: number;
  /** How often a silent stream shows that it lives. */
  readonly keepAliveMs: number;
}

export interface StreamOptions extends StreamTimes {
  readonly isEvents: boolean;
  readonly reader: AnswerReader;
  readonly stopping: AbortSignal;
  problemOf(error: ServiceError): Problem;
  /** The problem's document, for one that comes after the head. */
  describe(found: Problem): string;
}

/** Resolves when the stream has ended; rejects with a problem that came before the head. */
export function pipeStream(
  call: ClientReadableStream<Buffer>,
  res: Response,
  options: StreamOptions,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const pipe = new StreamPipe(call, res, options, (found) => (found ? reject(found) : resolve()));
    pipe.start();
  });
}

class StreamPipe {
  readonly #call: ClientReadableStream<Buffer>;
  readonly #res: Response;
  readonly #options: StreamOptions;
  readonly #settle: (found?: Problem) => void;
  readonly #stop = () => this.#fail(problem("SHUTTING_DOWN", "the gateway is stopping"));
  #opening: NodeJS.Timeout | undefined;
  #ticking: NodeJS.Timeout | undefined;
  #isOver = false;

  constructor(
    call: ClientReadableStream<Buffer>,
    res: Response,
    options: StreamOptions,
    settle: (found?: Problem) => void,
  ) {
    this.#call = call;
    this.#res = res;
    this.#options = options;
    this.#settle = settle;
  }

  start(): void {
    this.#opening = setTimeout(() => this.#open(), this.#options.openAfterMs);
    this.#options.stopping.addEventListener("abort", this.#stop);
    this.#call.on("data", (bytes: Buffer) => this.#write(bytes));
    // Not at `status`: that may come while messages wait for the client to read.
    this.#call.on("end", () => this.#end());
    this.#call.on("error", (error: ServiceError) => this.#failCall(error));
    this.#res.on("drain", () => this.#call.resume());
    this.#res.on("close", () => this.#finish());
  }

  #open(): void {
    if (this.#res.headersSent || this.#isOver) {
      return;
    }
    const { isEvents, keepAliveMs } = this.#options;
    this.#res.writeHead(200, {
      "Content-Type": isEvents ? "text/event-stream" : "application/x-ndjson",
      "Cache-Control": "no-store",
      "X-Accel-Buffering": "no",
    });
    this.#res.flushHeaders();
    this.#ticking = setInterval(() => this.#res.write(isEvents ? ":\n\n" : "\n"), keepAliveMs);
  }

  #write(bytes: Buffer): void {
    if (this.#isOver) {
      return;
    }
    const { isEvents, reader } = this.#options;
    let chunk: string;
    try {
      const { cursor, json } = reader.read(bytes);
      const id = cursor === "" ? "" : `id: ${cursor.replace(/[\r\n\0]/g, "")}\n`;
      chunk = isEvents ? `${id}data: ${json()}\n\n` : `${json()}\n`;
    } catch {
      this.#fail(internal());
      return;
    }
    this.#open();
    if (!this.#res.write(chunk)) {
      this.#call.pause();
    }
  }

  #end(): void {
    if (this.#isOver) {
      return;
    }
    if (!this.#res.headersSent) {
      this.#res.writeHead(204, { "Cache-Control": "no-store" });
    }
    this.#res.end();
    this.#finish();
  }

  #failCall(error: ServiceError): void {
    if (this.#res.headersSent && isOnlyOver(error)) {
      this.#end();
    } else if (!this.#isOver) {
      this.#fail(this.#options.problemOf(error));
    }
  }

  #fail(found: Problem): void {
    if (this.#isOver) {
      return;
    }
    if (!this.#res.headersSent) {
      this.#finish(found);
      return;
    }
    const document = this.#options.describe(found);
    const { isEvents } = this.#options;
    this.#res.end(isEvents ? `event: error\ndata: ${document}\n\n` : `{"error":${document}}\n`);
    this.#finish();
  }

  #finish(found?: Problem): void {
    if (!this.#isOver) {
      this.#isOver = true;
      clearTimeout(this.#opening);
      clearInterval(this.#ticking);
      this.#options.stopping.removeEventListener("abort", this.#stop);
      this.#call.cancel();
      this.#settle(found);
    }
  }
}

/** What grpc-js makes of a connection that ends: it breaks, or its server closes it for its age. */
const connectionEnds = new Set<number>([status.UNAVAILABLE, status.CANCELLED]);

/**
 * A stream that has lived its time, or whose connection has (no service said why), has no problem
 * to tell: the client comes back and goes on where it was.
 */
function isOnlyOver({ code, metadata }: ServiceError): boolean {
  return (
    code === status.DEADLINE_EXCEEDED ||
    (connectionEnds.has(code) && metadata.get("grpc-status-details-bin").length === 0)
  );
}
