/** A TCP proxy that can be broken, each direction by itself. */
import { connect, createServer, type Socket } from "node:net";
import { openLane, type Toxic } from "./lane.ts";
import { replacing } from "./replacing.ts";

/** Seen from who connects: `downstream` is the reply. */
export type Direction = "upstream" | "downstream";

export interface TcpProxy {
  readonly port: number;
  /** Resets every connection; new ones work. */
  reset(): void;
  /** For connections that are open and for new ones; undefined heals. */
  set(direction: Direction, toxic: Toxic | undefined): void;
  /** Somebody has come by. */
  readonly isUsed: boolean;
  /** Whether this local port is that of one of its connections onwards. */
  owns(localPort: number): boolean;
  stop(): Promise<void>;
}

interface Pair {
  readonly client: Socket;
  readonly server: Socket;
  set(direction: Direction, toxic: Toxic | undefined): void;
}

/** `rewrite`: a Kafka broker tells clients its own port, which they then use: tells them the proxy's. */
export async function openProxy(to: number, { rewrite = false } = {}): Promise<TcpProxy> {
  const pairs = new Set<Pair>();
  const toxics: Record<Direction, Toxic | undefined> = {
    upstream: undefined,
    downstream: undefined,
  };
  let port = 0;
  let isUsed = false;
  const server = createServer({ noDelay: true }, (client) => {
    isUsed = true;
    const onwards = connect({ port: to, host: "127.0.0.1", noDelay: true });
    const cut = () => {
      client.resetAndDestroy();
      onwards.resetAndDestroy();
    };
    const change = rewrite ? replacing(addressOf(to), addressOf(port)) : undefined;
    const lanes = {
      upstream: openLane({ from: client, to: onwards, cut }),
      downstream: openLane({ from: onwards, to: client, cut, change }),
    };
    const pair: Pair = {
      client,
      server: onwards,
      set: (direction, toxic) => lanes[direction].set(toxic),
    };
    for (const direction of ["upstream", "downstream"] as const) {
      lanes[direction].set(toxics[direction]);
    }
    pairs.add(pair);
    for (const [one, other] of [
      [client, onwards],
      [onwards, client],
    ] as const) {
      one.on("error", () => {
        // Its close follows.
      });
      one.on("close", () => {
        pairs.delete(pair);
        other.destroy();
      });
    }
  });
  port = await new Promise<number>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" && address ? address.port : 0);
    });
  });
  const reset = () => {
    for (const { client, server } of pairs) {
      client.resetAndDestroy();
      server.resetAndDestroy();
    }
  };
  return {
    port,
    get isUsed() {
      return isUsed;
    },
    reset,
    set(direction, toxic) {
      toxics[direction] = toxic;
      for (const pair of pairs) {
        pair.set(direction, toxic);
      }
    },
    owns: (localPort) => [...pairs].some(({ server }) => server.localPort === localPort),
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve));
      reset();
      await closed;
    },
  };
}

/** As Kafka's protocol has it: the host's name, then the port as int32. */
function addressOf(port: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(port);
  return Buffer.concat([Buffer.from("127.0.0.1"), bytes]);
}
