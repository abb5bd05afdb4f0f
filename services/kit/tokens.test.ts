import assert from "node:assert/strict";
import { createHmac, generateKeyPairSync } from "node:crypto";
import { type JWTPayload, SignJWT } from "jose";
import { describe, it } from "mocha";
import { localKeys, remoteKeys } from "./keys.ts";
import { silent } from "./log.ts";
import { faultOf } from "./testing-handlers.ts";
import { tokenVerifier } from "./tokens.ts";

const issuer = "https://tradepost.dev";
const audience = "tradepost";
const pair = generateKeyPairSync("ed25519");
const stranger = generateKeyPairSync("ed25519");
const jwk = { ...pair.publicKey.export({ format: "jwk" }), kid: "k1" };
const now = 1_800_000_000;

const good: JWTPayload = {
  iss: issuer,
  aud: audience,
  sub: "user-123",
  sid: "s1",
  jti: "t1",
  iat: now - 60,
  exp: now + 600,
  roles: ["CUSTOMER", "NO_SUCH_ROLE"],
};

function verifier(at = now) {
  return tokenVerifier({ issuer, audience, keys: localKeys(() => [jwk]), now: () => at * 1_000 });
}

function sign(payload: JWTPayload, header: object = {}, key = pair.privateKey) {
  const whole = { alg: "EdDSA", typ: "at+jwt", kid: "k1", ...header };
  return new SignJWT(payload).setProtectedHeader(whole).sign(key);
}

/** A token with any header and signature. */
function forge(header: object, payload: object, signature: (text: string) => string): string {
  const [head, body] = [header, payload].map((part) =>
    Buffer.from(JSON.stringify(part)).toString("base64url"),
  );
  return `${head}.${body}.${signature(`${head}.${body}`)}`;
}

describe("an access token", () => {
  it("says who its bearer is", async () => {
    assert.deepEqual(await verifier()(await sign(good)), {
      userId: "user-123",
      sessionId: "s1",
      tokenId: "t1",
      roles: ["CUSTOMER"],
      scopes: undefined,
      issuedAt: new Date((now - 60) * 1_000),
      expireTime: new Date((now + 600) * 1_000),
    });
  });

  it("may be narrowed to scopes", async () => {
    const claims = await verifier()(await sign({ ...good, scopes: ["orders:read"] }));
    assert.deepEqual(claims.scopes, ["orders:read"]);
  });

  const publicPem = pair.publicKey.export({ type: "spki", format: "pem" });
  const forgeries: Record<string, () => Promise<string> | string> = {
    "without an algorithm": () => forge({ alg: "none", typ: "at+jwt", kid: "k1" }, good, () => ""),
    "with HS256 keyed by our public key": () =>
      forge({ alg: "HS256", typ: "at+jwt", kid: "k1" }, good, (text) =>
        createHmac("sha256", publicPem).update(text).digest("base64url"),
      ),
    "signed by somebody else": () => sign(good, {}, stranger.privateKey),
    "with a key that is not ours": () => sign(good, { kid: "k2" }, stranger.privateKey),
    "without a key id": () => sign(good, { kid: undefined }),
    "that brings its own key": () =>
      sign(good, { jwk: stranger.publicKey.export({ format: "jwk" }) }, stranger.privateKey),
    "that names where its key is": () => sign(good, { jku: "https://evil.example/jwks" }),
    "of another kind": () => sign(good, { typ: "JWT" }),
    "of another issuer": () => sign({ ...good, iss: "https://evil.example" }),
    "for another audience": () => sign({ ...good, aud: "bank" }),
    "without an end": () => sign({ ...good, exp: undefined } as unknown as JWTPayload),
    "without a session": () => sign({ ...good, sid: undefined }),
    "that begins later": () => sign({ ...good, nbf: now + 60 }),
    "with another's claims": async () => {
      const [header, , signature] = (await sign(good)).split(".");
      const claims = Buffer.from(JSON.stringify({ ...good, roles: ["ADMIN"] }));
      return `${header}.${claims.toString("base64url")}.${signature}`;
    },
    "that is none": () => "abc",
    "that is endless": () => "a".repeat(10_000),
  };
  for (const [name, make] of Object.entries(forgeries)) {
    it(`${name} is not believed`, async () => {
      assert.equal((await faultOf(verifier()(await make()))).reason, "INVALID_TOKEN");
    });
  }

  it("that has expired is told so, also when it was believed before", async () => {
    const token = await sign({ ...good, exp: now - 31 });
    assert.equal((await faultOf(verifier()(token))).reason, "EXPIRED_TOKEN");
    let at = now;
    const keys = localKeys(() => [jwk]);
    const verify = tokenVerifier({ issuer, audience, keys, now: () => at * 1_000 });
    const short = await sign({ ...good, exp: now + 10 });
    await verify(short);
    at += 41;
    assert.equal((await faultOf(verify(short))).reason, "EXPIRED_TOKEN");
  });

  it("is good for 30 s more on a clock that is late", async () => {
    assert.equal((await verifier()(await sign({ ...good, exp: now - 29 }))).userId, "user-123");
  });
});

describe("the keys of tokens", () => {
  it("are fetched for an id that is not known, once in 3 s", async () => {
    let at = 0;
    let fetches = 0;
    const keys = remoteKeys({
      async fetch() {
        fetches += 1;
        return [jwk];
      },
      log: silent,
      now: () => at,
    });
    assert.ok(await keys.find("k1"));
    assert.equal(await keys.find("k2"), undefined);
    assert.equal(fetches, 1);
    at += 3_000;
    assert.equal(await keys.find("k2"), undefined);
    assert.equal(fetches, 2);
  });

  it("stay good while the user service is down, and none is a fault of its own", async () => {
    let at = 0;
    let isDown = true;
    const keys = remoteKeys({
      async fetch() {
        if (isDown) {
          throw new Error("down");
        }
        return [jwk];
      },
      log: silent,
      now: () => at,
    });
    assert.equal((await faultOf(keys.find("k1"))).reason, "DEPENDENCY_DOWN");
    isDown = false;
    at += 3_000;
    assert.ok(await keys.find("k1"));
    isDown = true;
    at += 600_000;
    assert.ok(await keys.find("k1"));
    assert.equal(await keys.find("k9"), undefined);
  });
});
