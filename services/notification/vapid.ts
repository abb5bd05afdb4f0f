/** Who we are to push services (VAPID, RFC 8292). */
import { exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from "jose";
import type { Db } from "#kit/db.ts";
import { pushKey } from "./push-store.ts";

export interface Vapid {
  /** What browsers subscribe to: an uncompressed point of P-256, in base64url. */
  readonly publicKey: string;
  /** The header `authorization` for a push service. */
  authorization(endpoint: string): Promise<string>;
}

/** Of the 24 hours that RFC 8292 allows. */
const LASTS = "12h";

/** All processes have the same key: the first one of all made it. */
export async function openVapid(db: Db, subject: string): Promise<Vapid> {
  const fresh = await generateKeyPair("ES256", { extractable: true });
  const jwk = await pushKey(db, await exportJWK(fresh.privateKey));
  const privateKey = await importJWK(jwk, "ES256");
  const publicKey = pointOf(jwk);
  return {
    publicKey,
    async authorization(endpoint) {
      const token = await new SignJWT()
        .setProtectedHeader({ typ: "JWT", alg: "ES256" })
        .setAudience(new URL(endpoint).origin)
        .setSubject(subject)
        .setExpirationTime(LASTS)
        .sign(privateKey);
      return `vapid t=${token}, k=${publicKey}`;
    },
  };
}

function pointOf({ x = "", y = "" }: JWK): string {
  const point = [Buffer.of(4), Buffer.from(x, "base64url"), Buffer.from(y, "base64url")];
  return Buffer.concat(point).toString("base64url");
}
