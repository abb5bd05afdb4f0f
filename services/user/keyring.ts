// The keys that this replica signs with and believes.
import { generateKeyPairSync } from "node:crypto";
import { type CryptoKey, importJWK } from "jose";
import type { Jwk } from "#gen/tradepost/user/v1/user.ts";
import type { Db } from "#kit/db.ts";
import type { KeySource } from "#kit/keys.ts";
import { seal, unseal } from "#kit/sealing.ts";
import { uuidv7 } from "#kit/uuid.ts";
import { type Rotation, rotation, signerOf } from "./key-rotation.ts";
import { listKeys, rotateKeys, type StoredKey, saveSealed } from "./key-store.ts";

export interface Keyring extends KeySource {
  signer(): SigningKey;
  /** What everybody may know. */
  readonly jwks: readonly Jwk[];
  /** Takes in what other replicas did, and rotates if it is time. */
  refresh(): Promise<void>;
}

interface SigningKey {
  readonly kid: string;
  readonly activeTime: Date;
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
  readonly jwk: Jwk;
}

export interface KeyringOptions {
  readonly db: Db;
  readonly tokenSeconds: number;
  /** 32 bytes; undefined leaves private keys readable in the database. */
  readonly encryptionKey: Buffer | undefined;
}

export async function openKeyring(options: KeyringOptions): Promise<Keyring> {
  const { db, encryptionKey, tokenSeconds } = options;
  const decide = (stored: readonly StoredKey[]) =>
    rotation(stored, new Date(), tokenSeconds * 1_000);
  let keys: readonly SigningKey[] = [];

  async function refresh(): Promise<void> {
    let stored = await listKeys(db);
    if (isWork(decide(stored))) {
      stored = await rotateKeys(db, decide, (activeTime) => makeKey(activeTime, encryptionKey));
    }
    if (encryptionKey) {
      await sealAll(db, stored, encryptionKey);
    }
    const known = new Map(keys.map((key) => [key.kid, key]));
    keys = await Promise.all(
      stored.map((key) => known.get(key.kid) ?? openKey(key, encryptionKey)),
    );
  }

  await refresh();
  return {
    signer() {
      const signer = signerOf(keys, new Date());
      if (!signer) {
        throw new Error("no signing key is active");
      }
      return signer;
    },
    get jwks() {
      return keys.map(({ jwk }) => jwk);
    },
    async find(kid) {
      return keys.find((key) => key.kid === kid)?.publicKey;
    },
    refresh,
  };
}

function isWork({ makeActiveAt, forget }: Rotation): boolean {
  return makeActiveAt !== undefined || forget.length > 0;
}

function makeKey(activeTime: Date, encryptionKey: Buffer | undefined): StoredKey {
  const kid = uuidv7();
  const { x = "", d = "" } = generateKeyPairSync("ed25519").privateKey.export({ format: "jwk" });
  return {
    kid,
    publicKey: x,
    privateKey: encryptionKey ? seal(encryptionKey, kid, d) : d,
    isSealed: encryptionKey !== undefined,
    activeTime,
  };
}

async function openKey(stored: StoredKey, encryptionKey: Buffer | undefined): Promise<SigningKey> {
  const { kid, publicKey: x, activeTime } = stored;
  const open = { kty: "OKP", crv: "Ed25519", x };
  const d = seedOf(stored, encryptionKey);
  return {
    kid,
    activeTime,
    privateKey: (await importJWK({ ...open, d }, "EdDSA")) as CryptoKey,
    publicKey: (await importJWK(open, "EdDSA")) as CryptoKey,
    jwk: { ...open, kid, alg: "EdDSA", use: "sig" },
  };
}

/** Keys from a time when no encryption key was configured. */
async function sealAll(db: Db, stored: readonly StoredKey[], encryptionKey: Buffer): Promise<void> {
  for (const { kid, privateKey } of stored.filter(({ isSealed }) => !isSealed)) {
    await saveSealed(db, kid, seal(encryptionKey, kid, privateKey));
  }
}

function seedOf({ kid, privateKey, isSealed }: StoredKey, encryptionKey: Buffer | undefined) {
  if (!isSealed) {
    return privateKey;
  }
  if (!encryptionKey) {
    throw new Error(`signing key ${kid} is sealed, and KEY_ENCRYPTION_KEY is not set`);
  }
  try {
    return unseal(encryptionKey, kid, privateKey);
  } catch (cause) {
    throw new Error(`KEY_ENCRYPTION_KEY does not open signing key ${kid}`, { cause });
  }
}
