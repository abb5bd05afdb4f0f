import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { decodeJwt, decodeProtectedHeader, SignJWT } from "jose";
import { after, before, describe, it } from "mocha";
import type { WatchRevocationsResponse } from "#gen/tradepost/user/v1/user.ts";
import { tokenFor } from "#kit/testing.ts";
import { type StartedUsers, startUsers } from "./testing.ts";

describe("tokens of the user service", () => {
  let service: StartedUsers;
  before(async () => {
    service = await startUsers();
  });
  after(() => service.stop());

  const verify = (accessToken: string) => service.users.verifyToken({ accessToken });

  it("say who, which session and for how long", async () => {
    const { accessToken, expiresIn, user } = await service.person();
    const { keys } = await service.users.getJwks({});
    const kid = keys[0]?.kid;
    assert.deepEqual(decodeProtectedHeader(accessToken), { alg: "EdDSA", typ: "at+jwt", kid });
    const { iss, aud, sub, roles, iat = 0, nbf, exp, sid, jti } = decodeJwt(accessToken);
    const { JWT_ISSUER, JWT_AUDIENCE, ACCESS_TOKEN_SECONDS } = service.config;
    assert.deepEqual(
      { iss, aud, sub, roles, nbf, exp },
      {
        iss: JWT_ISSUER,
        aud: JWT_AUDIENCE,
        sub: user?.id,
        roles: ["CUSTOMER"],
        nbf: iat,
        exp: iat + expiresIn,
      },
    );
    assert.equal(expiresIn, ACCESS_TOKEN_SECONDS);
    assert.ok(sid && jti);
    const { userId, sessionId, expireTime } = await verify(accessToken);
    assert.deepEqual([userId, sessionId, expireTime], [sub, sid, new Date((exp ?? 0) * 1_000)]);
  });

  it("are not believed when they are forged", async () => {
    const { accessToken, refreshToken } = await service.person();
    const [header = "", body = "", signature = ""] = accessToken.split(".");
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const real = decodeProtectedHeader(accessToken);
    const claims = decodeJwt(accessToken);
    const stranger = generateKeyPairSync("ed25519").privateKey;
    const signed = await new SignJWT(claims)
      .setProtectedHeader({ ...real, alg: "EdDSA" })
      .sign(stranger);
    const { keys } = await service.users.getJwks({});
    const publicKey = Buffer.from(keys[0]?.x ?? "", "base64url");
    const symmetric = await new SignJWT(claims)
      .setProtectedHeader({ ...real, alg: "HS256" })
      .sign(publicKey);
    const forged = [
      "nonsense",
      refreshToken,
      `${header}.${body}.`,
      `${header}.${part({ ...claims, roles: ["ADMIN"] })}.${signature}`,
      `${part({ ...real, alg: "none" })}.${body}.`,
      `${part({ ...real, kid: "../../etc/passwd" })}.${body}.${signature}`,
      `${part({ ...real, jwk: keys[0] })}.${body}.${signature}`,
      signed,
      symmetric,
      await tokenFor({ userId: "user-123", roles: ["ADMIN"] }),
    ];
    for (const token of forged) {
      await assert.rejects(verify(token), { reason: "INVALID_TOKEN" }, token);
    }
    await verify(accessToken);
  });

  it("are refused by every listener as soon as their session ends", async () => {
    const messages = service
      .client({ service: "order" })
      .watchRevocations({}, { timeoutMs: 10_000 })
      [Symbol.asyncIterator]();
    const first: IteratorResult<WatchRevocationsResponse> = await messages.next();
    assert.equal(first.value.snapshot, true);

    const { accessToken, as, user } = await service.person();
    await service.users.logout({}, as);
    let heard: WatchRevocationsResponse;
    do {
      heard = (await messages.next()).value;
    } while (heard.revocations.length === 0);
    await messages.return?.();
    const { sid, exp = 0 } = decodeJwt(accessToken);
    const [revocation] = heard.revocations;
    assert.deepEqual([revocation?.sessionId, revocation?.userId], [sid, user?.id]);
    assert.ok(revocation?.expireTime && +revocation.expireTime > exp * 1_000);
  });

  it("are not to be watched by the gateway or by people", async () => {
    const { as } = await service.person();
    for (const who of [as, {}]) {
      const stream = service.users.watchRevocations({}, who);
      await assert.rejects(stream[Symbol.asyncIterator]().next());
    }
  });
});
