import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { methodOf } from "./descriptors.ts";
import { carriesSecret } from "./redaction.ts";

describe("an rpc", () => {
  const cases: readonly (readonly [rpc: string, isSecret: boolean])[] = [
    // What it answers.
    ["tradepost.user.v1.UserService/Refresh", true],
    // What it takes: the answer is empty.
    ["tradepost.user.v1.CredentialService/ChangePassword", true],
    ["tradepost.user.v1.UserService/UpdateMe", false],
    ["tradepost.order.v1.OrderService/CreateOrder", false],
  ];
  for (const [rpc, isSecret] of cases) {
    it(`${isSecret ? "carries a" : "carries no"} secret: ${rpc}`, () => {
      const method = methodOf(rpc);
      assert.ok(method);
      assert.equal(carriesSecret(method), isSecret);
    });
  }
});
