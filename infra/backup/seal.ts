// Each frame of a backup carries a seal over itself, its place, and the file's first line, so that
// what was changed, cut off, moved or put together from two files is noticed before it is used.
import { createCipheriv, createDecipheriv, createHash, hkdfSync } from "node:crypto";

export const SEAL_BYTES = 16;

/** `none`: whoever can change the file can also make the seal anew; it shows accidents only. */
export type Sealing = "aes-256-gcm" | "none";

interface Frame {
  readonly payload: Buffer;
  readonly seal: Buffer;
}

export interface Seal {
  close(payload: Buffer, isLast: boolean): Frame;
  /** undefined: this is not what was sealed, or the key is another. */
  open(frame: Frame, isLast: boolean): Buffer | undefined;
}

interface Place {
  readonly index: number;
  readonly isLast: boolean;
}

/** For one pass over one file. `firstLine` has its salt, which gives each file a key of its own. */
export function createSeal(firstLine: string, salt: Buffer, key: Buffer | undefined): Seal {
  const kind = key ? encrypted(firstLine, salt, key) : plain(firstLine);
  let index = 0;
  return {
    close: (payload, isLast) => kind.close(payload, { index: index++, isLast }),
    open: (frame, isLast) => kind.open(frame, { index: index++, isLast }),
  };
}

function plain(firstLine: string) {
  const sealOf = (payload: Buffer, place: Place) =>
    createHash("sha256")
      .update(`${firstLine}\n${place.index}\n${place.isLast}\n`)
      .update(payload)
      .digest()
      .subarray(0, SEAL_BYTES);
  return {
    close: (payload: Buffer, place: Place): Frame => ({ payload, seal: sealOf(payload, place) }),
    open: ({ payload, seal }: Frame, place: Place) =>
      sealOf(payload, place).equals(seal) ? payload : undefined,
  };
}

function encrypted(firstLine: string, salt: Buffer, key: Buffer) {
  const own = Buffer.from(hkdfSync("sha256", key, salt, "tradepost backup", 32));
  const cipher = "aes-256-gcm";
  // The key is this file's alone, so a frame's number is a nonce that is used once.
  const nonceOf = ({ index }: Place) => {
    const nonce = Buffer.alloc(12);
    nonce.writeUInt32BE(index, 8);
    return nonce;
  };
  const aboutOf = ({ isLast }: Place) => Buffer.from(`${firstLine}\n${isLast}`);
  return {
    close(payload: Buffer, place: Place): Frame {
      const closing = createCipheriv(cipher, own, nonceOf(place)).setAAD(aboutOf(place));
      const closed = Buffer.concat([closing.update(payload), closing.final()]);
      return { payload: closed, seal: closing.getAuthTag() };
    },
    open({ payload, seal }: Frame, place: Place): Buffer | undefined {
      const opening = createDecipheriv(cipher, own, nonceOf(place), { authTagLength: SEAL_BYTES })
        .setAAD(aboutOf(place))
        .setAuthTag(seal);
      const opened = opening.update(payload);
      try {
        return Buffer.concat([opened, opening.final()]);
      } catch {
        return undefined;
      }
    },
  };
}
