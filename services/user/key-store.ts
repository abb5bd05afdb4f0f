/** Every SQL statement about signing keys. */
import { type Db, inTransaction, type Tx } from "#kit/db.ts";
import type { KeyTimes, Rotation } from "./key-rotation.ts";

export interface StoredKey extends KeyTimes {
  /** Base64url. */
  readonly publicKey: string;
  /** The Ed25519 seed in base64url, or that sealed. */
  readonly privateKey: string;
  readonly isSealed: boolean;
}

export async function listKeys(db: Db | Tx): Promise<StoredKey[]> {
  const { rows } = await db.query<KeyRow>(
    `select kid, public_key, private_key, is_sealed, active_time
       from signing_keys
      order by active_time desc`,
  );
  return rows.map((row) => ({
    kid: row.kid,
    publicKey: row.public_key,
    privateKey: row.private_key,
    isSealed: row.is_sealed,
    activeTime: row.active_time,
  }));
}

/** Lets `decide` see the keys while nobody else changes them, and does what it says. */
export async function rotateKeys(
  db: Db,
  decide: (keys: readonly StoredKey[]) => Rotation,
  make: (activeTime: Date) => StoredKey,
): Promise<StoredKey[]> {
  return await inTransaction(db, async (tx) => {
    // Two replicas that start at once make one key.
    await tx.query("select pg_advisory_xact_lock(hashtext('tradepost.user.signing_keys'))");
    const { makeActiveAt, forget } = decide(await listKeys(tx));
    if (forget.length > 0) {
      await tx.query("delete from signing_keys where kid = any($1)", [forget]);
    }
    if (makeActiveAt) {
      const { kid, publicKey, privateKey, isSealed, activeTime } = make(makeActiveAt);
      await tx.query(
        `insert into signing_keys
                (kid, public_key, private_key, is_sealed, create_time, active_time)
         values ($1, $2, $3, $4, now(), $5)`,
        [kid, publicKey, privateKey, isSealed, activeTime],
      );
    }
    return await listKeys(tx);
  });
}

/** Replaces a readable private key by its sealed form. */
export async function saveSealed(db: Db, kid: string, privateKey: string): Promise<void> {
  await db.query(
    `update signing_keys set private_key = $2, is_sealed = true
      where kid = $1 and not is_sealed`,
    [kid, privateKey],
  );
}

interface KeyRow {
  kid: string;
  public_key: string;
  private_key: string;
  is_sealed: boolean;
  active_time: Date;
}
