import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { GetMeResponse } from "#gen/tradepost/user/v1/user.ts";
import { catalogue, methodOf, methodOptions, registry } from "./descriptors.ts";
import { jsonCodec } from "./json.ts";

describe("the contracts at run time", () => {
  it("say who may call an rpc, and how", () => {
    const method = methodOf("/tradepost.user.v1.UserService/UpdateMe");
    assert.ok(method);
    const { access, deadlineMs, http, reasons, idempotent, created, cache } = methodOptions(method);
    assert.deepEqual(
      { access, deadlineMs, http, reasons, idempotent, created, cache },
      {
        access: {
          public: false,
          signedIn: true,
          owner: false,
          roles: [],
          scopes: access?.scopes,
          services: [],
        },
        deadlineMs: 5_000,
        http: [{ method: "PATCH", path: "/api/v1/users/me", body: "user", responseBody: "user" }],
        reasons: ["USER_NOT_FOUND", "STALE_ETAG"],
        idempotent: true,
        created: undefined,
        cache: undefined,
      },
    );
    assert.equal(methodOf("tradepost.user.v1.UserService/Nothing"), undefined);
  });

  it("declare access on every rpc", () => {
    const silent = [...registry]
      .filter((type) => type.kind === "service" && type.typeName.startsWith("tradepost."))
      .flatMap((service) => (service.kind === "service" ? service.methods : []))
      .filter((method) => !methodOptions(method).access);
    assert.deepEqual(silent.map(String), []);
  });

  it("tell every reason with a code, a status and a title", () => {
    assert.deepEqual(catalogue.OUT_OF_STOCK, {
      code: 9,
      httpStatus: 409,
      title: "Not enough stock",
    });
    const untold = Object.values(catalogue).filter(
      ({ code, httpStatus, title }) => !code || !httpStatus || !title,
    );
    assert.deepEqual(untold, []);
  });
});

describe("a message as JSON", () => {
  const json = jsonCodec(GetMeResponse);

  it("has every implicit field, names for enums and RFC 3339 for times", () => {
    const message = GetMeResponse.fromPartial({
      user: { id: "user-123", roles: [1], createTime: new Date(0) },
    });
    const text = json.encode(message);
    const { user } = JSON.parse(text);
    assert.deepEqual(
      [user.id, user.roles, user.createTime, user.fullName, "updateTime" in user],
      ["user-123", ["CUSTOMER"], "1970-01-01T00:00:00Z", "", false],
    );
    assert.deepEqual(json.decode(text), message);
  });

  it("is read also if its writer knows more", () => {
    const { user } = json.decode('{"user": {"id": "user-123", "mood": "good"}}');
    assert.equal(user?.id, "user-123");
  });
});
