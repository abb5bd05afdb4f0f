import { connect, createServer, type Socket } from "node:net";
import { Transform } from "node:stream";

/** A TCP proxy that a test may break. */
export interface TestProxy {
  readonly port: number;
  /** Resets every connection; new ones work. Answers how many there were. */
  reset(): number;
  /** Resets every connection and refuses new ones, until `up`. */
  down(): Promise<void>;
  up(): Promise<void>;
  stop(): Promise<void>;
}

export interface ProxyOptions {
  /** Of 127.0.0.1. */
  readonly to: number;
  /** A Kafka broker tells clients its own address, which they then use: tells them the proxy's. */
  readonly kafka?: boolean;
}

export async function testProxy({ to, kafka = false }: ProxyOptions): Promise<TestProxy> {
  const open = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(to, "127.0.0.1");
    client.pipe(upstream);
    if (kafka) {
      upstream.pipe(replacing(addressOf(to), addressOf(port))).pipe(client);
    } else {
      upstream.pipe(client);
    }
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      open.add(one);
      one.on("error", () => {
        // Its close follows.
      });
      one.on("close", () => {
        open.delete(one);
        other.destroy();
      });
    }
  });
  const listen = (port: number) =>
    new Promise<number>((resolve, reject) => {
      server.once("error", reject);
      server.listen(port, "127.0.0.1", () => {
        const address = server.address();
        resolve(typeof address === "object" && address ? address.port : 0);
      });
    });
  const port = await listen(0);
  const reset = () => {
    const count = open.size / 2;
    for (const socket of open) {
      socket.resetAndDestroy();
    }
    return count;
  };
  const down = async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    reset();
    await closed;
  };
  return {
    port,
    reset,
    down,
    async up() {
      await listen(port);
    },
    stop: down,
  };
}

/** As Kafka's protocol has it: the host's name, then the port as int32. */
function addressOf(port: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(port);
  return Buffer.concat([Buffer.from("127.0.0.1"), bytes]);
}

/** Of the same length. One that lies across two chunks stays as it is. */
function replacing(one: Buffer, other: Buffer): Transform {
  return new Transform({
    transform(chunk: Buffer, _, done) {
      for (let at = chunk.indexOf(one); at >= 0; at = chunk.indexOf(one, at + one.length)) {
        other.copy(chunk, at);
      }
      done(null, chunk);
    },
  });
}
