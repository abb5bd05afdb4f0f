import type { Request, Response } from "express";
import type { Catalogue } from "../contract/catalogue.ts";
import { exchangeOf } from "../exchange.ts";
import { hasBody, maxBodyBytes } from "../request/body.ts";
import { documentOf, headersOf, type Problem } from "./problem.ts";

/** How much of a body that nobody wants is read, so that its sender can read the answer. */
const maxDrainBytes = 4 * 1024 * 1024;
const maxDrainMs = 5_000;

/** Answers with the problem, unless an answer has begun: then the connection tells. */
export function sendProblem(req: Request, res: Response, found: Problem, catalogue: Catalogue) {
  if (res.headersSent) {
    res.destroy();
    return;
  }
  const document = documentOf(found, catalogue, exchangeOf(res).requestId);
  const body = JSON.stringify(document);
  const isUnread = !req.complete && hasBody(req) && !isSmall(req);
  res.writeHead(document.status, {
    "Content-Type": "application/problem+json",
    "Content-Length": Buffer.byteLength(body),
    ...headersOf(found, document.status),
    ...(isUnread ? { Connection: "close" } : {}),
  });
  if (isUnread) {
    res.write(body);
    drain(req, () => res.end());
  } else {
    res.end(body);
  }
}

/** What is left of a small body node reads away by itself, and the connection lives on. */
function isSmall(req: Request): boolean {
  return Number(req.headers["content-length"] ?? Number.POSITIVE_INFINITY) <= maxBodyBytes;
}

/**
 * A connection that is closed while its client still sends is reset, and the answer on it lost.
 * So what still comes is read away, within bounds.
 */
function drain(req: Request, done: () => void): void {
  let drained = 0;
  let isOver = false;
  function end(): void {
    if (!isOver) {
      isOver = true;
      clearTimeout(timer);
      done();
    }
  }
  const timer = setTimeout(end, maxDrainMs);
  req.on("data", (chunk: Buffer) => {
    drained += chunk.length;
    if (drained > maxDrainBytes) {
      end();
    }
  });
  req.on("end", end).on("close", end);
  req.resume();
}
