// The outermost layer of a backup file: one line of JSON, then frames up to the end.
//
//     {"tradepost":"backup","format":1,"sealing":"aes-256-gcm","salt":"…"}\n
//     frame*:  u32 length of the payload, its highest bit set in the last frame; payload; 16 bytes of seal
//
// The payloads put together are a gzip of what sections.ts describes. Numbers are big-endian.
import { randomBytes } from "node:crypto";
import type { FileHandle } from "node:fs/promises";
import { Refusal } from "./refusal.ts";
import { createSeal, SEAL_BYTES, type Sealing } from "./seal.ts";

const FORMAT = 1;
const FRAME_BYTES = 1 << 20;
const LAST = 0x8000_0000;
const LINE_BYTES = 1 << 10;

export async function* writeFrames(
  source: AsyncIterable<Buffer>,
  key: Buffer | undefined,
): AsyncGenerator<Buffer> {
  const salt = randomBytes(32);
  const sealing: Sealing = key ? "aes-256-gcm" : "none";
  const first = { tradepost: "backup", format: FORMAT, sealing, salt: salt.toString("base64") };
  const line = JSON.stringify(first);
  const seal = createSeal(line, salt, key);
  yield Buffer.from(`${line}\n`);
  let rest = Buffer.alloc(0);
  for await (const some of source) {
    rest = Buffer.concat([rest, some]);
    while (rest.length > FRAME_BYTES) {
      yield* frame(rest.subarray(0, FRAME_BYTES), false);
      rest = rest.subarray(FRAME_BYTES);
    }
  }
  yield* frame(rest, true);

  function* frame(part: Buffer, isLast: boolean): Generator<Buffer> {
    const { payload, seal: mark } = seal.close(part, isLast);
    const head = Buffer.alloc(4);
    head.writeUInt32BE((payload.length | (isLast ? LAST : 0)) >>> 0);
    yield Buffer.concat([head, payload, mark]);
  }
}

/** Throws at the first byte that is not what was written. */
export async function* readFrames(
  file: FileHandle,
  key: Buffer | undefined,
): AsyncGenerator<Buffer> {
  const { line, salt, sealing } = await readFirstLine(file);
  if ((sealing === "none") !== (key === undefined)) {
    throw new Refusal(
      key ? "this backup is not encrypted: leave --key-file out" : "this backup needs --key-file",
    );
  }
  const seal = createSeal(line, salt, key);
  let at = Buffer.byteLength(line) + 1;
  for (let isLast = false, isFirst = true; !isLast; isFirst = false) {
    const head = (await readAt(file, at, 4)).readUInt32BE();
    isLast = head >= LAST;
    const length = isLast ? head - LAST : head;
    if (length > FRAME_BYTES) {
      throw damaged(at);
    }
    const payload = await readAt(file, at + 4, length);
    const mark = await readAt(file, at + 4 + length, SEAL_BYTES);
    const opened = seal.open({ payload, seal: mark }, isLast);
    if (!opened) {
      throw isFirst && key
        ? new Refusal("the key is another, or the file is damaged")
        : damaged(at);
    }
    yield opened;
    at += 4 + length + SEAL_BYTES;
  }
  if ((await file.stat()).size !== at) {
    throw damaged(at);
  }
}

async function readFirstLine(file: FileHandle) {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(LINE_BYTES), 0, LINE_BYTES, 0);
  const [line = ""] = buffer.toString("latin1", 0, bytesRead).split("\n", 1);
  const { tradepost, format, sealing, salt } = parse(line);
  if (tradepost !== "backup") {
    throw new Refusal("this is no backup of tradepost's");
  }
  if (format !== FORMAT || (sealing !== "none" && sealing !== "aes-256-gcm")) {
    throw new Refusal("this backup was made by a newer release");
  }
  return { line, sealing, salt: Buffer.from(String(salt), "base64") };
}

function parse(line: string): Readonly<Record<string, unknown>> {
  try {
    return Object(JSON.parse(line));
  } catch {
    return {};
  }
}

async function readAt(file: FileHandle, at: number, length: number): Promise<Buffer> {
  const { bytesRead, buffer } = await file.read(Buffer.alloc(length), 0, length, at);
  if (bytesRead !== length) {
    throw damaged(at);
  }
  return buffer;
}

function damaged(at: number): Refusal {
  return new Refusal(`the file is damaged at byte ${at}`);
}
