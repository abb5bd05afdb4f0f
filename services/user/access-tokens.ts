// Access tokens: what the other services believe of a person for some minutes (RFC 9068).
import { type CryptoKey, SignJWT } from "jose";
import { uuidv7 } from "#kit/uuid.ts";
import type { User } from "./user.ts";

export interface Issuer {
  readonly issuer: string;
  readonly audience: string;
  readonly seconds: number;
  readonly signer: () => { readonly kid: string; readonly privateKey: CryptoKey };
}

/** @param scopes an API key's; absent: all that the person may */
export function issueToken(
  { issuer, audience, seconds, signer }: Issuer,
  { id, roles, tokensFrom }: Pick<User, "id" | "roles" | "tokensFrom">,
  sessionId: string,
  scopes?: readonly string[],
): Promise<string> {
  const { kid, privateKey } = signer();
  const now = Math.floor(Date.now() / 1_000);
  // What was issued before is refused, so this says that it was not.
  const issuedAt = Math.max(now, +(tokensFrom ?? 0) / 1_000);
  return new SignJWT({ sid: sessionId, roles: [...roles], ...(scopes && { scopes: [...scopes] }) })
    .setProtectedHeader({ alg: "EdDSA", typ: "at+jwt", kid })
    .setIssuer(issuer)
    .setAudience(audience)
    .setSubject(id)
    .setJti(uuidv7())
    .setIssuedAt(issuedAt)
    .setNotBefore(now)
    .setExpirationTime(issuedAt + seconds)
    .sign(privateKey);
}

/** From when on no token of a session that ends now is left, clock skew included. */
export function forgetTimeOf({ seconds }: Pick<Issuer, "seconds">): Date {
  return new Date(Date.now() + (seconds + 60) * 1_000);
}
