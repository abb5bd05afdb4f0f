/** A name server (RFC 1035) that knows one name and says of it what a test last told it. */
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";

export interface NameServer {
  /** `host:port`, over UDP. */
  readonly address: string;
  /** From now on these IPv4 addresses stand behind the name. */
  say(...addresses: string[]): void;
  stop(): void;
}

const HEADER_BYTES = 12;
const TYPE_A = 1;
const CLASS_INTERNET = 1;
/** A response to a standard query, by the one who knows. */
const RESPONSE = 0x8400;
const NO_SUCH_NAME = 3;
/** Points at the question's name, which stands right behind the header. */
const SAME_NAME = 0xc000 | HEADER_BYTES;

export async function startNameServer(name: string): Promise<NameServer> {
  let known: readonly string[] = [];
  const socket = createSocket("udp4");
  socket.on("message", (query, { port, address }) => {
    socket.send(answer(query, name, known), port, address);
  });
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  return {
    address: `127.0.0.1:${portOf(socket)}`,
    say(...addresses) {
      known = addresses;
    },
    stop: () => void socket.close(),
  };
}

function portOf(socket: Socket): number {
  return socket.address().port;
}

function answer(query: Buffer, name: string, known: readonly string[]): Buffer {
  const { asked, type, end } = questionOf(query);
  const isKnown = asked === name;
  // Of IPv6 there is nothing to say, which is no error.
  const found = isKnown && type === TYPE_A ? known : [];
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt16BE(query.readUInt16BE(0), 0);
  header.writeUInt16BE(RESPONSE | (isKnown ? 0 : NO_SUCH_NAME), 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(found.length, 6);
  return Buffer.concat([header, query.subarray(HEADER_BYTES, end), ...found.map(record)]);
}

function questionOf(query: Buffer): { asked: string; type: number; end: number } {
  const labels: string[] = [];
  let at = HEADER_BYTES;
  for (let length = query.readUInt8(at); length > 0; length = query.readUInt8(at)) {
    labels.push(query.toString("latin1", at + 1, at + 1 + length));
    at += 1 + length;
  }
  const type = query.readUInt16BE(at + 1);
  return { asked: labels.join(".").toLowerCase(), type, end: at + 5 };
}

/** To be kept for no time at all. */
function record(address: string): Buffer {
  const bytes = Buffer.alloc(16);
  bytes.writeUInt16BE(SAME_NAME, 0);
  bytes.writeUInt16BE(TYPE_A, 2);
  bytes.writeUInt16BE(CLASS_INTERNET, 4);
  bytes.writeUInt16BE(4, 10);
  bytes.set(address.split(".").map(Number), 12);
  return bytes;
}
