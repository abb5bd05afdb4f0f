import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { formatsOf } from "./formats.ts";
import { formatLocaleOf, languageOf, localeOf } from "./locale.ts";
import { wordsOf } from "./words.ts";

const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, " ");

describe("the words of a notification", () => {
  const confirmed = (currency: string, minor: bigint, locale = "en") => {
    const occasion = { orderId: "o1", pieces: 2, amount: { currency, minor } };
    return wordsOf("ORDER_CONFIRMED", occasion, { locale, timeZone: "UTC" }).body;
  };

  it("name the order and its total in the currency's own digits", () => {
    assert.equal(confirmed("USD", 2_497n), "Order o1 is confirmed: 2 pieces, $24.97.");
    assert.equal(confirmed("JPY", 2_497n), "Order o1 is confirmed: 2 pieces, ¥2,497.");
    assert.equal(confirmed("KWD", 5n), "Order o1 is confirmed: 2 pieces, KWD\u00a00.005.");
    assert.equal(confirmed("IQD", 2_497n), "Order o1 is confirmed: 2 pieces, IQD\u00a02.497.");
  });

  it("never round an amount", () => {
    assert.match(confirmed("USD", 900_719_925_474_099_301n), /\$9,007,199,254,740,993\.01/);
  });

  it("are in the reader's language, amounts as they are written in their place", () => {
    for (const [locale, words] of [
      ["es", "El pedido o1 está confirmado: 2 unidades, 12.499,70 US$."],
      ["es-MX", "El pedido o1 está confirmado: 2 unidades, USD 12,499.70."],
      ["en-GB", "Order o1 is confirmed: 2 pieces, US$12,499.70."],
      ["de-DE", "Order o1 is confirmed: 2 pieces, US$12,499.70."],
    ] as const) {
      assert.equal(plain(confirmed("USD", 1_249_970n, locale)), words, locale);
    }
  });
});

describe("a time", () => {
  const time = new Date("2026-11-21T19:12:45Z");
  for (const [locale, timeZone, words] of [
    ["en", "UTC", "November 21, 2026, 7:12 PM UTC"],
    ["en-GB", "Europe/London", "21 November 2026, 19:12 GMT"],
    ["es", "UTC", "21 de noviembre de 2026, 19:12 UTC"],
    ["es-MX", "America/New_York", "21 de noviembre de 2026, 2:12 p.m. GMT-5"],
    ["fr", "Asia/Kathmandu", "22 November 2026, 00:57 GMT+5:45"],
  ] as const) {
    it(`of ${locale} in ${timeZone} is ${words}`, () => {
      assert.equal(plain(formatsOf({ locale, timeZone }).time(time)), words);
    });
  }
});

describe("a locale", () => {
  it("is a language tag as such are written", () => {
    assert.deepEqual(
      ["ES-mx", "zh-hant-tw", "en-US-u-ca-buddhist", "de_DE", "e", "<b>", ""].map(localeOf),
      ["es-MX", "zh-Hant-TW", "en-US", undefined, undefined, undefined, undefined],
    );
  });

  it("is English, as it is written in that place, where nothing is in its language", () => {
    const tags = ["es-MX", "en-IN", "fr-CA", "fr", "xx"];
    assert.deepEqual(tags.map(languageOf), ["es", "en", "en", "en", "en"]);
    assert.deepEqual(tags.map(formatLocaleOf), ["es-MX", "en-IN", "en-CA", "en-FR", "en"]);
  });
});
