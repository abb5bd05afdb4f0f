/** For tests only: a program that is told by webhooks, over real HTTP or HTTPS. */
import { once } from "node:events";
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/** A status, or something stranger. */
export type Answer = number | ((response: ServerResponse) => void);

export interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Receiver {
  readonly port: number;
  url(path: string): string;
  /** What a path answers, one after another; the last one from then on. Absent: 204. */
  answers(path: string, ...answers: readonly Answer[]): void;
  /** What has come to a path. */
  at(path: string): readonly Received[];
  /** How often somebody has connected, to whatever end. */
  connections(): number;
  stop(): Promise<void>;
}

/** `tls`: as PEM; absent: HTTP. */
export async function startReceiver(tls?: { cert: string; key: string }): Promise<Receiver> {
  const received = new Map<string, Received[]>();
  const scripts = new Map<string, Answer[]>();

  async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? "";
    const body = await text(request);
    received.set(path, [...at(path), { headers: request.headers, body }]);
    const script = scripts.get(path) ?? [];
    const answer = (script.length > 1 ? script.shift() : script[0]) ?? 204;
    if (typeof answer === "number") {
      response.writeHead(answer).end();
    } else {
      answer(response);
    }
  }
  const at = (path: string) => received.get(path) ?? [];

  const listener = (request: IncomingMessage, response: ServerResponse) => {
    take(request, response).catch(() => response.destroy());
  };
  const server = tls ? createSecureServer(tls, listener) : createServer(listener);
  let connections = 0;
  server.on("connection", () => {
    connections += 1;
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: (path) => `${tls ? "https://localhost" : "http://127.0.0.1"}:${port}${path}`,
    answers: (path, ...answers) => void scripts.set(path, [...answers]),
    at,
    connections: () => connections,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** Takes what comes and says nothing. */
export const hang: Answer = () => {};
