// Access tokens: each service believes a token for its signature, by keys of the user service.
import { createHash } from "node:crypto";
import { decodeProtectedHeader, errors, type JWTPayload, jwtVerify } from "jose";
import { Role } from "#gen/tradepost/policy/v1/policy.ts";
import type { RoleName } from "./call.ts";
import { Fault } from "./errors.ts";
import type { KeySource } from "./keys.ts";

/** What a token says. */
export interface Claims {
  readonly userId: string;
  readonly sessionId: string;
  readonly tokenId: string;
  readonly roles: readonly RoleName[];
  /** Only an API key's token has them; absent: all that the person may. */
  readonly scopes: readonly string[] | undefined;
  readonly issuedAt: Date;
  readonly expireTime: Date;
}

export interface VerifierOptions {
  readonly issuer: string;
  readonly audience: string;
  readonly keys: KeySource;
  /** Milliseconds since 1970; for tests. */
  readonly now?: () => number;
}

export type Verify = (token: string) => Promise<Claims>;

/** Never taken from a token's header (RFC 8725). */
const algorithm = "EdDSA";
const clockSkewSeconds = 30;
/** A header that names its own key is an attack, not a choice. */
const forbiddenHeaders = ["jku", "jwk", "x5u", "x5c", "crit", "b64"];
const maxCached = 10_000;
const maxLength = 4_096;

/** Verified tokens are kept by their hash until they expire, so that most checks are a look-up. */
export function tokenVerifier(options: VerifierOptions): Verify {
  const now = options.now ?? Date.now;
  const seen = new Map<string, Claims>();
  return async (token) => {
    const hash = createHash("sha256").update(token).digest("base64");
    const known = seen.get(hash);
    if (known) {
      if (+known.expireTime + clockSkewSeconds * 1_000 > now()) {
        return known;
      }
      seen.delete(hash);
      throw expired();
    }
    const claims = await verify(token, options, now);
    for (const oldest of seen.size >= maxCached ? [...seen.keys()].slice(0, 100) : []) {
      seen.delete(oldest);
    }
    seen.set(hash, claims);
    return claims;
  };
}

async function verify(
  token: string,
  { issuer, audience, keys }: VerifierOptions,
  now: () => number,
): Promise<Claims> {
  const key = await keys.find(kidOf(token));
  if (!key) {
    throw invalid("its key is not known");
  }
  try {
    const { payload } = await jwtVerify(token, key, {
      algorithms: [algorithm],
      typ: "at+jwt",
      issuer,
      audience,
      clockTolerance: clockSkewSeconds,
      currentDate: new Date(now()),
      requiredClaims: ["exp", "iat", "sub", "sid", "jti"],
    });
    return toClaims(payload);
  } catch (error) {
    if (error instanceof errors.JWTExpired) {
      throw expired();
    }
    throw error instanceof Fault ? error : invalid("it does not verify", error);
  }
}

/** Checks what can be refused before a signature is computed. */
function kidOf(token: string): string {
  if (token.length > maxLength) {
    throw invalid("it is too long");
  }
  let header: ReturnType<typeof decodeProtectedHeader>;
  try {
    header = decodeProtectedHeader(token);
  } catch (cause) {
    throw invalid("it is no JWT", cause);
  }
  const { alg, kid } = header;
  if (alg !== algorithm || !kid || forbiddenHeaders.some((name) => name in header)) {
    throw invalid("its header is not one of ours");
  }
  return kid;
}

function toClaims(payload: JWTPayload): Claims {
  const { sub, sid, jti, iat, exp, roles, scopes } = payload;
  if (typeof sid !== "string" || !sub || !jti || !isTexts(roles)) {
    throw invalid("a claim is missing");
  }
  if (scopes !== undefined && !isTexts(scopes)) {
    throw invalid("its scopes are no list");
  }
  return {
    userId: sub,
    sessionId: sid,
    tokenId: jti,
    roles: roles.filter(isRole),
    scopes,
    issuedAt: new Date((iat ?? 0) * 1_000),
    expireTime: new Date((exp ?? 0) * 1_000),
  };
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}

function isRole(name: string): name is RoleName {
  return Object.hasOwn(Role, name) && name !== "ROLE_UNSPECIFIED";
}

function expired(): Fault {
  return new Fault("EXPIRED_TOKEN", "the token has expired");
}

function invalid(why: string, cause?: unknown): Fault {
  return new Fault("INVALID_TOKEN", `the token is not valid: ${why}`, { cause });
}
