// The public keys that tokens are signed with.
import { importJWK, type JWK } from "jose";
import { Fault } from "./errors.ts";
import type { Log } from "./log.ts";

type PublicKey = Exclude<Awaited<ReturnType<typeof importJWK>>, Uint8Array>;

export interface KeySource {
  find(kid: string): Promise<PublicKey | undefined>;
}

export interface RemoteKeysOptions {
  /** All keys that are good now. */
  readonly fetch: () => Promise<readonly JWK[]>;
  readonly log: Log;
  /** Milliseconds since 1970; for tests. */
  readonly now?: () => number;
}

/** Between two fetches at least, so that forged key ids do not become calls. */
const pauseMs = 3_000;
/** A key that was withdrawn is forgotten after this long. */
const freshMs = 300_000;

/**
 * Keys that are fetched when one is asked for that is not known, and again now and then. While
 * the user service is down, the keys that are known stay good.
 */
export function remoteKeys({ fetch, log, now = Date.now }: RemoteKeysOptions): KeySource {
  let keys: ReadonlyMap<string, PublicKey> = new Map();
  let fetchedAt = Number.NEGATIVE_INFINITY;
  let triedAt = Number.NEGATIVE_INFINITY;
  let failure: unknown;
  let running: Promise<void> | undefined;

  async function refresh(): Promise<void> {
    triedAt = now();
    try {
      keys = await importKeys(await fetch());
      fetchedAt = now();
      failure = undefined;
    } catch (error) {
      failure = error;
      log.warn({ err: error }, "the keys of tokens cannot be fetched");
    } finally {
      running = undefined;
    }
  }

  return {
    async find(kid) {
      const known = keys.get(kid);
      const isDue = now() - triedAt >= pauseMs;
      if (known) {
        if (isDue && now() - fetchedAt >= freshMs) {
          running ??= refresh();
        }
        return known;
      }
      if (running || isDue) {
        running ??= refresh();
        await running;
      }
      if (keys.size === 0 && failure !== undefined) {
        throw new Fault("DEPENDENCY_DOWN", "the user service does not answer", {
          cause: failure,
          retryAfterMs: 1_000,
        });
      }
      return keys.get(kid);
    },
  };
}

/** Keys that the caller holds itself, as the user service does. */
export function localKeys(list: () => Promise<readonly JWK[]> | readonly JWK[]): KeySource {
  return {
    async find(kid) {
      return (await importKeys(await list())).get(kid);
    },
  };
}

async function importKeys(list: readonly JWK[]): Promise<Map<string, PublicKey>> {
  const keys = new Map<string, PublicKey>();
  for (const { kid, kty, crv, x } of list) {
    if (kid && kty === "OKP" && crv === "Ed25519" && x) {
      keys.set(kid, (await importJWK({ kty, crv, x }, "EdDSA")) as PublicKey);
    }
  }
  return keys;
}
