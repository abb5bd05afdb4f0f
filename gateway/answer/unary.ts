/** A unary rpc's answer as an HTTP response. */
import type { Request, Response } from "express";
import type { HttpRule } from "../../services/kit/rpc-options.ts";
import type { Rpc } from "../contract/contract.ts";
import type { Answer } from "./answer.ts";

export interface UnaryAnswer {
  readonly status: number;
  readonly cacheControl: string;
  /** The template of `Location`. */
  readonly created: string | undefined;
}

export function unaryAnswerOf({ options }: Rpc, rule: HttpRule): UnaryAnswer {
  const { cache, created } = options;
  const status = rule.method === "DELETE" ? 204 : created === undefined ? 200 : 201;
  return { status, created, cacheControl: cacheControlOf(cache) };
}

function cacheControlOf(cache: Rpc["options"]["cache"]): string {
  if (!cache) {
    return "no-store";
  }
  const age = cache.maxAgeSeconds === 0 ? "no-cache" : `max-age=${cache.maxAgeSeconds}`;
  return `${cache.public ? "public" : "private"}, ${age}`;
}

export function sendNothing(res: Response, isReplayed: boolean): void {
  res.writeHead(204, { "Cache-Control": "no-store", ...replayed(isReplayed) });
  res.end();
}

export function sendUnary(
  req: Request,
  res: Response,
  answered: Answer,
  answer: UnaryAnswer,
  isReplayed: boolean,
): void {
  const headers: Record<string, string | number> = {
    "Cache-Control": answer.cacheControl,
    ...replayed(isReplayed),
  };
  if (answered.etag !== "") {
    headers.ETag = `"${headerText(answered.etag)}"`;
    if (isGet(req) && isKnown(req.headers["if-none-match"], answered.etag)) {
      res.writeHead(304, headers);
      res.end();
      return;
    }
  }
  if (answer.created !== undefined) {
    headers.Location = filled(answer.created, answered);
  }
  const { raw } = answered;
  const body = raw ? raw.data : answered.json();
  headers["Content-Type"] = raw ? headerText(raw.contentType) : "application/json";
  headers["Content-Length"] = body.length;
  res.writeHead(answer.status, headers);
  res.end(body);
}

function replayed(isReplayed: boolean): Record<string, string> {
  return isReplayed ? { "Idempotent-Replayed": "true" } : {};
}

function isGet(req: Request): boolean {
  return req.method === "GET" || req.method === "HEAD";
}

/** RFC 9110, 13.1.2: compared weakly. */
function isKnown(header: string | undefined, etag: string): boolean {
  if (header === undefined) {
    return false;
  }
  return header.trim() === "*" || header.includes(`"${etag}"`);
}

/** `/api/v1/things/{id}` with the fields of what was made. */
function filled(template: string, answered: Answer): string {
  return template.replace(/\{([^}]+)\}/g, (_, path: string) =>
    encodeURIComponent(answered.field(path)),
  );
}

/** What a header may hold: a service's text must not end the head. */
function headerText(text: string): string {
  return text.replace(/[^ -~]/g, "");
}
