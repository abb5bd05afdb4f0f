import type { Response } from "express";
import type { Handler } from "../routes/handler.ts";
import { checkHealth } from "../upstream/health.ts";
import type { Upstream } from "../upstream/upstream.ts";

/** It answers, so it lives. A part that is down must not restart this one, so none is asked. */
export const live: Handler = (_req, res) => sendJson(res, 200, { status: "SERVING" });

export function ready(isReady: () => boolean): Handler {
  return (_req, res) =>
    isReady()
      ? sendJson(res, 200, { status: "SERVING" })
      : sendJson(res, 503, { status: "NOT_SERVING" });
}

/** 207 where some service, or what stands behind it, is not well. */
export function services(upstream: Upstream, identity: Readonly<Record<string, string>>): Handler {
  return async (_req, res) => {
    const checked = await Promise.all(
      upstream.packages.map(async (name) => {
        const { parts, ...own } = await checkHealth(upstream, name, identity);
        return [name, { ...own, ...parts }, [own.status, ...Object.values(parts)]] as const;
      }),
    );
    const isWell = checked.every(([, , states]) => states.every((state) => state === "SERVING"));
    const byPackage = Object.fromEntries(checked.map(([name, told]) => [name, told]));
    sendJson(res, isWell ? 200 : 207, { services: byPackage });
  };
}

export function sendJson(res: Response, status: number, value: unknown): void {
  const body = typeof value === "string" ? value : JSON.stringify(value);
  res.writeHead(status, {
    "Content-Type": "application/json",
    "Content-Length": Buffer.byteLength(body),
    "Cache-Control": "no-store",
  });
  res.end(body);
}
