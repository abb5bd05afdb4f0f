/** For tests only: a browser, and the push service that it trusts. */
import assert from "node:assert/strict";
import { createDecipheriv, createECDH, hkdfSync, randomBytes } from "node:crypto";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";

interface Pushed {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** A browser: its keys, and what RFC 8291 has it do with a message. */
export function browser() {
  const ecdh = createECDH("prime256v1");
  const p256dh = ecdh.generateKeys();
  const auth = randomBytes(16);
  const hkdf = (key: Buffer, salt: Buffer, info: Buffer, length: number) =>
    Buffer.from(hkdfSync("sha256", key, salt, info, length));
  return {
    keys: { p256dh: p256dh.toString("base64url"), auth: auth.toString("base64url") },
    read(body: Buffer) {
      const [salt, theirs] = [body.subarray(0, 16), body.subarray(21, 86)];
      const info = Buffer.concat([Buffer.from("WebPush: info\0"), p256dh, theirs]);
      const secret = hkdf(ecdh.computeSecret(theirs), auth, info, 32);
      const key = hkdf(secret, salt, Buffer.from("Content-Encoding: aes128gcm\0"), 16);
      const nonce = hkdf(secret, salt, Buffer.from("Content-Encoding: nonce\0"), 12);
      const cipher = createDecipheriv("aes-128-gcm", key, nonce);
      cipher.setAuthTag(body.subarray(-16));
      const text = Buffer.concat([cipher.update(body.subarray(86, -16)), cipher.final()]);
      assert.equal(text.at(-1), 2);
      return JSON.parse(text.subarray(0, -1).toString());
    },
  };
}

export interface PushHost {
  readonly origin: string;
  readonly pushed: readonly Pushed[];
  /** By path, what is answered next; then 201. */
  readonly answers: Map<string, number[]>;
  stop(): void;
}

export async function startPushHost(): Promise<PushHost> {
  const pushed: Pushed[] = [];
  const answers = new Map<string, number[]>();
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray());
    const path = request.url ?? "";
    pushed.push({ path, headers: request.headers, body });
    response.writeHead(answers.get(path)?.shift() ?? 201).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    pushed,
    answers,
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}
