import type { Request } from "express";
import { type Problem, problem } from "../problems/problem.ts";

/** Larger bodies are answered 413. */
export const maxBodyBytes = 1024 * 1024;

const nothing = Buffer.alloc(0);

export function hasBody(req: Request): boolean {
  const length = req.headers["content-length"];
  return req.headers["transfer-encoding"] !== undefined || (length !== undefined && length !== "0");
}

/** The whole body. What of a body that is too large has not been read stays in the request. */
export async function readBody(req: Request): Promise<Buffer> {
  if (!hasBody(req)) {
    return nothing;
  }
  if (Number(req.headers["content-length"] ?? 0) > maxBodyBytes) {
    throw tooLarge();
  }
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    function settle(failure?: Problem): void {
      req.off("data", take).off("end", done).off("close", gone);
      if (failure) {
        req.pause();
        reject(failure);
      } else {
        resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, size));
      }
    }
    function take(chunk: Buffer): void {
      size += chunk.length;
      if (size > maxBodyBytes) {
        settle(tooLarge());
      } else {
        chunks.push(chunk);
      }
    }
    function done(): void {
      settle();
    }
    function gone(): void {
      settle(problem("CANCELLED", "the client went away while it was sending"));
    }
    req.on("data", take).on("end", done).on("close", gone);
  });
}

function tooLarge(): Problem {
  return problem("BODY_TOO_LARGE", `a body has at most ${maxBodyBytes} bytes`);
}

/** Refuses what is not JSON in UTF-8; an empty body has no type. */
export function requireJson(req: Request): void {
  const [type = "", ...parameters] = (req.headers["content-type"] ?? "").toLowerCase().split(";");
  const isJson = /^application\/(?:[\w!#$&^.+-]+\+)?json$/.test(type.trim());
  const charset = parameters.find((parameter) => parameter.trim().startsWith("charset="));
  const isUtf8 = charset === undefined || /=\s*"?utf-?8"?\s*$/.test(charset);
  const encoding = req.headers["content-encoding"] ?? "identity";
  if (!isJson || !isUtf8 || encoding !== "identity") {
    const given = encoding === "identity" ? type || "no type" : encoding;
    throw problem("UNSUPPORTED_MEDIA_TYPE", `${given} came; application/json is taken`, {
      headers: { Accept: "application/json" },
    });
  }
}
