import { createServer, type Server } from "node:net";

/**
 * Below 32768, where Linux, macOS and Windows take no ports for outgoing connections: a server that
 * is started again must find its port free.
 */
const LOWEST = 10_240;
const HIGHEST = 32_000;

/** Given out by this process: whoever has one may listen at it only later. */
const given = new Set<number>();
/** By then those that were given first are in use, or were never wanted. */
const MOST_GIVEN = 10_000;

/** A port of 127.0.0.1 that nobody listens at just now, and that nobody else was given. */
export async function freePort(): Promise<number> {
  const [port] = await freePorts(1);
  return port as number;
}

export async function freePorts(count: number): Promise<number[]> {
  const held = new Map<number, Server>();
  while (held.size < count) {
    const port = LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST));
    const server = given.has(port) ? undefined : await listen(port);
    if (server) {
      held.set(port, server);
      given.add(port);
    }
  }
  if (given.size > MOST_GIVEN) {
    given.clear();
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
