import assert from "node:assert/strict";
import { decodeJwt } from "jose";
import { after, before, describe, it } from "mocha";
import { Role } from "#gen/tradepost/policy/v1/policy.ts";
import type { ApiKey } from "#gen/tradepost/user/v1/api_key.ts";
import type { As } from "#kit/testing.ts";
import { knownScopes } from "./scopes.ts";
import { type StartedUsers, startUsers } from "./testing.ts";

describe("API keys", () => {
  let service: StartedUsers;
  before(async () => {
    service = await startUsers();
  });
  after(() => service.stop());

  async function make(as: As, ...scopes: string[]): Promise<ApiKey & { readonly key: string }> {
    const asked = { name: "shop sync", scopes: scopes.length > 0 ? scopes : ["addresses:read"] };
    const { apiKey } = await service.apiKeys.createApiKey(asked, as);
    assert.ok(apiKey?.key);
    return { ...apiKey, key: apiKey.key };
  }
  const list = async (as: As) => (await service.apiKeys.listApiKeys({}, as)).apiKeys;
  const exchange = (apiKey: string, as: As = {}) => service.apiKeys.exchangeApiKey({ apiKey }, as);

  it("are shown once, and kept as a hash", async () => {
    const { as } = await service.person();
    const { key, ...made } = await make(as, "orders:read", "addresses:read");
    assert.match(key, /^tpk_[A-Za-z0-9_-]{43}$/);
    const { id, createTime, updateTime, etag } = made;
    assert.deepEqual(made, {
      id,
      name: "shop sync",
      scopes: ["orders:read", "addresses:read"],
      lastUseTime: undefined,
      createTime,
      updateTime,
      etag,
    });
    assert.deepEqual(await list(as), [{ ...made, key: undefined }]);
    const { rows } = await service.db.query("select json_agg(k)::text as text from api_keys k");
    assert.ok(!rows[0].text.includes(key.slice(4)));
    assert.ok(!rows[0].text.includes(Buffer.from(key).toString("hex")));
  });

  it("are exchanged for a token of theirs: the person's roles, the key's scopes", async () => {
    const { as, user } = await service.person();
    const { id, key } = await make(as);
    const { accessToken, expiresIn } = await exchange(key);
    const { sub, sid, roles, scopes, iat = 0, exp } = decodeJwt(accessToken);
    assert.deepEqual(
      { sub, sid, roles, scopes, exp, expiresIn },
      {
        sub: user?.id,
        sid: id,
        roles: ["CUSTOMER"],
        scopes: ["addresses:read"],
        exp: iat + 300,
        expiresIn: 300,
      },
    );
    const verified = await service.users.verifyToken({ accessToken });
    assert.deepEqual([verified.sessionId, verified.roles], [id, [Role.CUSTOMER]]);
    const [used] = await list(as);
    assert.ok(used?.lastUseTime && used.createTime && used.lastUseTime >= used.createTime);
    assert.deepEqual(used.updateTime, used.lastUseTime);
  });

  it("may do what their scopes say, and nothing that is for people", async () => {
    const { as } = await service.person();
    const { accessToken: token } = await exchange((await make(as)).key);
    assert.deepEqual((await service.addresses.listAddresses({}, { token })).addresses, []);
    const home = { street: "123 Main St", city: "SF", country: "US" };
    const refused = [
      () => service.addresses.createAddress(home, { token }),
      () => service.users.getMe({}, { token }),
      () => service.sessions.listSessions({}, { token }),
      () => service.apiKeys.listApiKeys({}, { token }),
      () => service.apiKeys.createApiKey({ name: "more", scopes: ["orders:read"] }, { token }),
      () =>
        service.credentials.changePassword({ currentPassword: "a", newPassword: "b" }, { token }),
    ];
    for (const call of refused) {
      await assert.rejects(call(), { reason: "ROLE_REQUIRED" });
    }
  });

  it("end with what was had by them, at once, and alone", async () => {
    const { as } = await service.person();
    const [ending, staying] = [await make(as), await make(as)];
    const had = { token: (await exchange(ending.key)).accessToken };
    const other = { token: (await exchange(staying.key)).accessToken };
    await service.addresses.listAddresses({}, had);
    await service.apiKeys.deleteApiKey({ id: ending.id }, as);
    await assert.rejects(service.addresses.listAddresses({}, had), { reason: "REVOKED_TOKEN" });
    // Asked of the database, which is what other replicas hear of.
    await assert.rejects(service.users.verifyToken({ accessToken: had.token }), {
      reason: "REVOKED_TOKEN",
    });
    await assert.rejects(exchange(ending.key), { reason: "INVALID_TOKEN" });
    await service.addresses.listAddresses({}, other);
    await service.users.getMe({}, as);
    await assert.rejects(service.apiKeys.deleteApiKey({ id: ending.id }, as), {
      reason: "API_KEY_NOT_FOUND",
    });
    assert.deepEqual(
      (await list(as)).map(({ id }) => id),
      [staying.id],
    );
  });

  it("end only as they were read, if that is asked for", async () => {
    const { as } = await service.person();
    const { id, key, etag } = await make(as);
    await exchange(key);
    for (const stale of [etag, "none"]) {
      await assert.rejects(service.apiKeys.deleteApiKey({ id, etag: stale }, as), {
        reason: "STALE_ETAG",
      });
    }
    const [read] = await list(as);
    await service.apiKeys.deleteApiKey({ id, etag: read?.etag ?? "" }, as);
  });

  it("that nobody made are not valid, whatever they are", async () => {
    const wrong = ["", "tpk_", "x".repeat(16_384), "tpk_ä\n"];
    for (const key of wrong) {
      await assert.rejects(exchange(key), { reason: "INVALID_TOKEN" });
    }
  });

  it("are exchanged for the gateway alone", async () => {
    const { as } = await service.person();
    const { key } = await make(as);
    for (const who of [{ service: "order" }, { ...as, service: "order" }, { service: "" }]) {
      await assert.rejects(exchange(key, who), { reason: /ROLE_REQUIRED|MISSING_CREDENTIALS/ });
    }
  });

  it("are given only what there is, each once", async () => {
    assert.ok(knownScopes.has("orders:read") && knownScopes.has("products:write"));
    const { as } = await service.person();
    const cases = [
      [{ name: "a", scopes: ["orders:read", "orders:steal"] }, "scopes[1]", "scopes.known"],
      [{ name: "a", scopes: [] }, "scopes", "repeated.min_items"],
      [{ name: "a", scopes: ["orders:read", "orders:read"] }, "scopes", "repeated.unique"],
      [{ name: " ", scopes: ["orders:read"] }, "name", "name.empty"],
      [{ name: "a\nb", scopes: ["orders:read"] }, "name", "name.control"],
    ] as const;
    for (const [asked, field, rule] of cases) {
      const fault = await service.apiKeys
        .createApiKey({ ...asked, scopes: [...asked.scopes] }, as)
        .catch((error) => error);
      assert.deepEqual(
        [fault.reason, fault.violations?.[0]?.field, fault.violations?.[0]?.rule],
        ["INVALID_FIELD", field, rule],
      );
    }
  });

  it("are twenty at most, also when many are made at once", async () => {
    const { as } = await service.person();
    const outcomes = await Promise.allSettled(Array.from({ length: 22 }, () => make(as)));
    const refused = outcomes.filter((one) => one.status === "rejected");
    assert.deepEqual(
      refused.map((one) => one.reason.reason),
      ["LIMIT_REACHED", "LIMIT_REACHED"],
    );
    const first = await service.apiKeys.listApiKeys({ pageSize: 15 }, as);
    const { nextPageToken: pageToken = "" } = first;
    const rest = await service.apiKeys.listApiKeys({ pageSize: 15, pageToken }, as);
    assert.equal(new Set([...first.apiKeys, ...rest.apiKeys].map(({ id }) => id)).size, 20);
  });

  it("are nobody else's", async () => {
    const { as } = await service.person();
    const { id, key } = await make(as);
    const { as: stranger } = await service.person();
    assert.deepEqual(await list(stranger), []);
    await assert.rejects(service.apiKeys.deleteApiKey({ id }, stranger), {
      reason: "API_KEY_NOT_FOUND",
    });
    assert.ok((await exchange(key)).accessToken);
  });
});
