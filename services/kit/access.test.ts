import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { admit } from "./access.ts";
import type { AccessRule } from "./descriptors.ts";
import { Fault } from "./errors.ts";
import type { Claims } from "./tokens.ts";

const closed: AccessRule = {
  public: false,
  signedIn: false,
  owner: false,
  roles: [],
  scopes: [],
  services: [],
};

const rules = {
  unnamed: undefined,
  public: { ...closed, public: true },
  "signed in": { ...closed, signedIn: true },
  "owner or support": { ...closed, owner: true, roles: ["SUPPORT"], scopes: ["orders:read"] },
  admin: { ...closed, roles: ["ADMIN"] },
  order: { ...closed, services: ["order"] },
} satisfies Record<string, AccessRule | undefined>;

const callers = {
  stranger: {},
  gateway: { service: "gateway" },
  order: { service: "order" },
  customer: { service: "gateway", authorization: "Bearer customer" },
  admin: { service: "gateway", authorization: "Bearer admin" },
  key: { service: "gateway", authorization: "Bearer key" },
  expired: { service: "gateway", authorization: "Bearer expired" },
  basic: { service: "gateway", authorization: "Basic dXNlcjpwYXNz" },
} satisfies Record<string, { service?: string; authorization?: string }>;

async function check(token: string): Promise<Claims> {
  if (token === "expired") {
    throw new Fault("EXPIRED_TOKEN", "the token has expired");
  }
  return {
    userId: token,
    sessionId: "s1",
    tokenId: "t1",
    roles: token === "admin" ? ["ADMIN"] : ["CUSTOMER"],
    scopes: token === "key" ? ["orders:read"] : undefined,
    issuedAt: new Date(0),
    expireTime: new Date(0),
  };
}

/** Who may call what: "in", or why not. */
async function outcome(rule: AccessRule | undefined, caller: keyof typeof callers) {
  const { authorization, service } = {
    authorization: undefined,
    service: undefined,
    ...callers[caller],
  };
  try {
    await admit("an rpc", rule, { authorization, service }, check);
    return "in";
  } catch (error) {
    return (error as Fault).reason;
  }
}

const no = "MISSING_CREDENTIALS";
const never = "ROLE_REQUIRED";
const old = "EXPIRED_TOKEN";
const bad = "INVALID_TOKEN";

describe("access", () => {
  const expected = {
    unnamed: [never, never, never, never, never, never, old, bad],
    public: ["in", "in", "in", "in", "in", "in", "in", "in"],
    "signed in": [no, no, no, "in", "in", never, old, bad],
    "owner or support": [no, no, no, "in", "in", "in", old, bad],
    admin: [no, no, no, never, "in", never, old, bad],
    order: [no, never, "in", never, never, never, old, bad],
  } satisfies Record<keyof typeof rules, string[]>;

  for (const [name, row] of Object.entries(expected)) {
    it(`of an rpc for ${name} is as its contract says`, async () => {
      const names = Object.keys(callers) as (keyof typeof callers)[];
      const rule = rules[name as keyof typeof rules];
      const outcomes = await Promise.all(names.map((caller) => outcome(rule, caller)));
      assert.deepEqual(
        Object.fromEntries(names.map((caller, index) => [caller, outcomes[index]])),
        Object.fromEntries(names.map((caller, index) => [caller, row[index]])),
      );
    });
  }

  it("keeps the person and the service apart", async () => {
    const caller = await admit("an rpc", rules.public, callers.customer, check);
    assert.deepEqual(caller, {
      userId: "customer",
      roles: ["CUSTOMER"],
      sessionId: "s1",
      service: "gateway",
    });
  });
});
