import { createServer, type Server } from "node:net";

/**
 * Below 32768, where Linux, macOS and Windows take no ports for outgoing connections: a server that
 * is started again must find its port free.
 */
const LOWEST = 10_240;
const HIGHEST = 32_000;

/** A port of 127.0.0.1 that nobody listens at just now. */
export async function freePort(): Promise<number> {
  const [port] = await freePorts(1);
  return port as number;
}

export async function freePorts(count: number): Promise<number[]> {
  const held = new Map<number, Server>();
  while (held.size < count) {
    const port = LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST));
    const server = held.has(port) ? undefined : await listen(port);
    if (server) {
      held.set(port, server);
    }
  }
  await Promise.all([...held.values()].map(close));
  return [...held.keys()];
}

export async function isFree(port: number): Promise<boolean> {
  const server = await listen(port);
  if (server) {
    await close(server);
  }
  return server !== undefined;
}

function listen(port: number): Promise<Server | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(undefined));
    server.listen(port, "127.0.0.1", () => resolve(server));
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}
