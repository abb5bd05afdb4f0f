import { readFile } from "node:fs/promises";
import { connect } from "node:http2";
import { setTimeout as sleep } from "node:timers/promises";
import type { CertificateFiles } from "./certificates.ts";

const POLL_MS = 100;
const ANSWER_MS = 2_000;

/** grpc.health.v1: `HealthCheckRequest{}` and `HealthCheckResponse{status: SERVING}`, framed. */
const CHECK = Buffer.from([0, 0, 0, 0, 0]);
const SERVING = Buffer.from([0, 0, 0, 0, 2, 8, 1]);

/** Until `check` says yes; rejects with the signal's reason. */
export async function until(check: () => Promise<boolean>, signal: AbortSignal): Promise<void> {
  while (!(await check().catch(() => false))) {
    signal.throwIfAborted();
    await sleep(POLL_MS);
  }
}

export async function isOk(url: string): Promise<boolean> {
  const response = await fetch(url, { signal: AbortSignal.timeout(ANSWER_MS) });
  await response.arrayBuffer();
  return response.ok;
}

/** Whatever it says. */
export async function answers(url: string): Promise<boolean> {
  await fetch(url, { method: "GET", signal: AbortSignal.timeout(ANSWER_MS) });
  return true;
}

/**
 * One gRPC health check. Over HTTP/2 as it is: a gRPC client would wait a second after the first
 * refused connection, and weighs 20 MB.
 */
export async function isServing(address: string, files?: CertificateFiles): Promise<boolean> {
  const tls = files && {
    ca: await readFile(files.ca),
    cert: await readFile(files.cert),
    key: await readFile(files.key),
  };
  const session = connect(`${files ? "https" : "http"}://${address}`, tls);
  try {
    return await new Promise<boolean>((resolve, reject) => {
      session.once("error", reject);
      session.setTimeout(ANSWER_MS, () => reject(new Error("no answer")));
      const stream = session.request({
        ":method": "POST",
        ":path": "/grpc.health.v1.Health/Check",
        "content-type": "application/grpc",
        te: "trailers",
      });
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.once("error", reject);
      stream.once("end", () => resolve(Buffer.concat(chunks).equals(SERVING)));
      stream.end(CHECK);
    });
  } finally {
    session.destroy();
  }
}
