/** The HTTP server before Express: limits, and an end that lets answers finish. */
import http, { type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { Express } from "express";

/** How long answers have to finish when the gateway stops. */
const graceMs = 8_000;

/**
 * Express gives each request and response a new prototype, after which V8 forgets their shape,
 * for all of node's http code too: 40 µs a request. With that prototype from the start the same
 * call changes nothing.
 */
function classesOf(app: Express) {
  function Request(this: IncomingMessage, socket: unknown) {
    Reflect.apply(http.IncomingMessage as unknown as () => void, this, [socket]);
  }
  Request.prototype = app.request;
  function Response(this: ServerResponse, req: IncomingMessage, options: unknown) {
    Reflect.apply(http.ServerResponse as unknown as () => void, this, [req, options]);
  }
  Response.prototype = app.response;
  return {
    IncomingMessage: Request as unknown as typeof http.IncomingMessage,
    ServerResponse: Response as unknown as typeof http.ServerResponse,
  };
}

export interface Listener {
  readonly server: Server;
  /** Every open connection. */
  readonly sockets: ReadonlySet<Socket>;
}

export function createServer(app: Express): Listener {
  const options = {
    ...classesOf(app),
    maxHeaderSize: 16 * 1024,
    headersTimeout: 10_000,
    requestTimeout: 30_000,
    // Longer than a load balancer's, which must be the one to close.
    keepAliveTimeout: 65_000,
    connectionsCheckingInterval: 5_000,
  };
  const server = http.createServer(options, app);
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  return { server, sockets };
}

export function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

/** Takes no more connections; ends those there are after their answer, or when time is up. */
export function close(
  { server, sockets }: Listener,
  inFlight: ReadonlySet<ServerResponse>,
): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => server.closeAllConnections(), graceMs);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
    const busy = new Set([...inFlight].map((res) => res.socket));
    // Also those that never asked for anything, which node takes for busy.
    for (const socket of sockets) {
      if (!busy.has(socket)) {
        socket.destroy();
      }
    }
    for (const res of inFlight) {
      endConnection(res);
    }
  });
}

/** Makes the answer the last one on its connection. */
export function endConnection(res: ServerResponse): void {
  if (res.headersSent) {
    res.once("finish", () => res.socket?.end());
  } else {
    res.setHeader("Connection", "close");
  }
}
