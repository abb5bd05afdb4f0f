import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { commonPasswords } from "./common-passwords.ts";
import { weakness } from "./password-rules.ts";

const email = "Ada.Lovelace@example.com";

describe("password rules", () => {
  const weak: [name: string, passwords: string[]][] = [
    ["the e-mail", ["ada.lovelace@example.com", "Ada.Lovelace1815", "ADA.LOVELACE@EXAMPLE.COM"]],
    ["repeated characters", ["aaaaaaaaaaaa", "abcabcabcabc", "1234123412341", "abababababab"]],
    ["keyboard runs", ["qwertyuiop123", "1qaz2wsx3edc", "poiuytrewq321", "asdfghjkl;'123"]],
    ["the alphabet and digits", ["abcdefghijkl", "123456789012", "abcdef654321", "zyxwvutsrqpo"]],
    [
      "common words with numbers",
      ["Password2024!", "P@ssw0rd1234", "welcome-welcome", "!!iloveyou!!99"],
    ],
    ["well-known long ones", ["correcthorsebatterystaple", "TrustNoOne123", "mypassword123"]],
  ];
  for (const [name, passwords] of weak) {
    it(`refuse ${name}`, () => {
      for (const password of passwords) {
        assert.notEqual(weakness(password, email), undefined, password);
      }
    });
  }

  it("let pass what is merely plain", () => {
    const fine = [
      "tradepost-demo-1",
      "a walk by the river",
      "Tr0ub4dor&3 again",
      "violet-anchor-92",
      "пароль-из-слов-7",
      "ada and her engine",
      "12 monkeys at noon",
    ];
    for (const password of fine) {
      assert.equal(weakness(password, email), undefined, password);
    }
  });

  it("know a few hundred, none of which the length alone would refuse", () => {
    assert.ok(commonPasswords.size >= 300, String(commonPasswords.size));
    for (const password of commonPasswords) {
      assert.ok(password.length >= 12 && password === password.toLowerCase(), password);
    }
  });
});
