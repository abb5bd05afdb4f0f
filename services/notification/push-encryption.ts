/**
 * Web push: what only the browser can read (RFC 8291, on RFC 8188), and what tells the push service
 * who we are (VAPID, RFC 8292). Pure but for the chance in its keys.
 */
import { createCipheriv, createECDH, type ECDH, hkdfSync, randomBytes } from "node:crypto";

/** As a browser's PushSubscription gives them. */
export interface SubscriptionKeys {
  /** An uncompressed point of P-256, 65 bytes. */
  readonly p256dh: Buffer;
  /** 16 bytes. */
  readonly auth: Buffer;
}

/** A message's own: each has another. */
export interface MessageKeys {
  readonly salt: Buffer;
  readonly ecdh: ECDH;
}

/** Of one record, as RFC 8291 has it: all of a message. */
const RECORD_SIZE = 4_096;
const TAG_LENGTH = 16;
/** Without the header, the tag and the delimiter. */
export const MOST_BYTES = RECORD_SIZE - 86 - TAG_LENGTH - 1;
/** After the last record's text. */
const DELIMITER = Buffer.of(2);

/** The body for `Content-Encoding: aes128gcm`. */
export function encrypt(
  text: Buffer,
  { p256dh, auth }: SubscriptionKeys,
  { salt, ecdh }: MessageKeys = newKeys(),
): Buffer {
  const ours = ecdh.getPublicKey();
  const shared = ecdh.computeSecret(p256dh);
  const info = Buffer.concat([Buffer.from("WebPush: info\0"), p256dh, ours]);
  const secret = hkdf(shared, auth, info, 32);
  const key = hkdf(secret, salt, Buffer.from("Content-Encoding: aes128gcm\0"), 16);
  const nonce = hkdf(secret, salt, Buffer.from("Content-Encoding: nonce\0"), 12);

  const header = Buffer.alloc(21);
  salt.copy(header);
  header.writeUInt32BE(RECORD_SIZE, 16);
  header.writeUInt8(ours.length, 20);
  const cipher = createCipheriv("aes-128-gcm", key, nonce);
  const body = [cipher.update(text), cipher.update(DELIMITER), cipher.final()];
  return Buffer.concat([header, ours, ...body, cipher.getAuthTag()]);
}

/** Whether `p256dh` is a point of the curve and `auth` as long as it is to be. */
export function areKeys({ p256dh, auth }: SubscriptionKeys): boolean {
  if (p256dh.length !== 65 || auth.length !== 16) {
    return false;
  }
  try {
    newKeys().ecdh.computeSecret(p256dh);
    return true;
  } catch {
    return false;
  }
}

function newKeys(): MessageKeys {
  const ecdh = createECDH("prime256v1");
  ecdh.generateKeys();
  return { salt: randomBytes(16), ecdh };
}

function hkdf(key: Buffer, salt: Buffer, info: Buffer, length: number): Buffer {
  return Buffer.from(hkdfSync("sha256", key, salt, info, length));
}
