import assert from "node:assert/strict";
import { createECDH } from "node:crypto";
import { describe, it } from "mocha";
import { areKeys, encrypt } from "./push-encryption.ts";

const bytes = (text: string) => Buffer.from(text, "base64url");

describe("the encryption of web push", () => {
  const keys = {
    p256dh: bytes(
      "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
    ),
    auth: bytes("BTBZMqHH6r4Tts7J_aSIgg"),
  };

  it("writes the bytes of RFC 8291's example", () => {
    const ecdh = createECDH("prime256v1");
    ecdh.setPrivateKey(bytes("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"));
    const salt = bytes("DGv6ra1nlYgDCS1FRnbzlw");
    const text = Buffer.from("When I grow up, I want to be a watermelon");
    assert.equal(
      encrypt(text, keys, { salt, ecdh }).toString("base64url"),
      "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLoc" +
        "InmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWG" +
        "NWQexSgSxsj_Qulcy4a-fN",
    );
  });

  it("never writes the same twice", () => {
    const text = Buffer.from("tea");
    assert.notDeepEqual(encrypt(text, keys), encrypt(text, keys));
  });

  it("takes a browser's keys only", () => {
    assert.ok(areKeys(keys));
    const offCurve = Buffer.from(keys.p256dh);
    offCurve[64] = (offCurve[64] ?? 0) ^ 1;
    assert.ok(!areKeys({ ...keys, p256dh: offCurve }));
    assert.ok(!areKeys({ ...keys, p256dh: keys.p256dh.subarray(0, 64) }));
    assert.ok(!areKeys({ ...keys, auth: keys.auth.subarray(1) }));
  });
});
