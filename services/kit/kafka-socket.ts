/**
 * Sockets that hand kafkajs whole answers only. What it holds of an answer when a connection breaks,
 * it keeps (network/connection.js of 2.2.4), and takes the next connection's bytes for the rest of
 * it: the process ends with a RangeError, or waits for gigabytes that never come.
 */
import net from "node:net";
import tls from "node:tls";

const KEEP_ALIVE_MS = 60_000;
/** Each answer begins with the length of what follows, in so many bytes. */
const LENGTH_BYTES = 4;

/** What kafkajs wants: `ssl` is undefined where there is no TLS. */
export interface Wanted {
  readonly host: string;
  readonly port: number;
  readonly ssl: tls.ConnectionOptions | undefined;
  readonly onConnect: () => void;
}

/** As kafkajs makes them, but for that. */
export function wholeAnswers({ host, port, ssl, onConnect }: Wanted): net.Socket {
  const name = net.isIP(host) ? {} : { servername: host };
  const socket = ssl
    ? tls.connect({ host, port, ...name, ...ssl }, onConnect)
    : net.connect({ host, port }, onConnect);
  socket.setKeepAlive(true, KEEP_ALIVE_MS);
  const on = socket.on.bind(socket);
  const onWholes = (event: string, listener: (bytes: Buffer) => void) =>
    on(event, event === "data" ? inWholes(listener) : listener);
  socket.on = onWholes as typeof socket.on;
  return socket;
}

function inWholes(listener: (answer: Buffer) => void): (bytes: Buffer) => void {
  let parts: Buffer[] = [];
  let held = 0;
  let needed = LENGTH_BYTES;
  return (bytes) => {
    parts.push(bytes);
    held += bytes.length;
    while (held >= needed) {
      const all = parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts, held);
      const whole = LENGTH_BYTES + all.readUInt32BE();
      if (held < whole) {
        parts = [all];
        needed = whole;
        return;
      }
      listener(all.subarray(0, whole));
      held -= whole;
      parts = held === 0 ? [] : [all.subarray(whole)];
      needed = LENGTH_BYTES;
    }
  };
}
