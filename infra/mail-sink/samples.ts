/** A mail of each kind, for the sink's page and for the tests that hold its looks. */
import { KINDS, type Kind, type Occasion } from "../../services/notification/kinds.ts";
import {
  codeLetterOf,
  digestOf,
  type Letter,
  noticeOf,
  type Told,
} from "../../services/notification/letters.ts";
import { openTemplates, type Rendered } from "../../services/notification/rendering.ts";
import { wordsOf } from "../../services/notification/words.ts";

export const SAMPLE_LOCALES = ["en", "es"] as const;

export type SampleLocale = (typeof SAMPLE_LOCALES)[number];

export const SAMPLE_KINDS = [...KINDS, "TEST", "DIGEST"] as const;

export type SampleKind = Kind | "DIGEST";

const time = new Date("2026-11-21T19:12:00Z");
const orderId = "01a2b3c4-0000-7000-8000-000000000001";
const amount = { currency: "USD", minor: 124_997n };

const OCCASIONS: Readonly<Record<Kind, Occasion>> = {
  WELCOME: { fullName: "Ada Lovelace" },
  ORDER_CONFIRMED: { orderId, amount, pieces: 3 },
  ORDER_CANCELLED: { orderId },
  ORDER_SHIPPED: { orderId },
  ORDER_DELIVERED: { orderId },
  ORDER_RETURNED: { orderId, amount: { currency: "USD", minor: 2_499n }, pieces: 1 },
  PAYMENT_FAILED: { orderId, amount },
  PAYMENT_REFUNDED: { orderId, amount: { currency: "USD", minor: 2_499n } },
  PAYMENT_DISPUTED: { orderId, amount, disputeReason: "fraudulent" },
  REMINDER: { title: "Order mugs", body: "The blue ones.\nAsk for <samples> first." },
  WEBHOOK_DISABLED: { host: "hooks.example.com" },
  VERIFY_EMAIL: {},
  RESET_PASSWORD: {},
  PASSWORD_CHANGED: {},
  TEST: {},
};

const ZONES: Readonly<Record<SampleLocale, string>> = { en: "UTC", es: "Europe/Madrid" };

export function sampleLetter(kind: SampleKind, locale: SampleLocale): Letter {
  const reader = { locale, timeZone: ZONES[locale] };
  const told = (of: Kind): Told => {
    const occasion = OCCASIONS[of];
    return { kind: of, occasion, words: wordsOf(of, occasion, reader), time };
  };
  switch (kind) {
    case "DIGEST":
      return digestOf([told("ORDER_SHIPPED"), told("REMINDER")], reader);
    case "VERIFY_EMAIL":
    case "RESET_PASSWORD":
      return codeLetterOf(kind, { token: "sample-code", expireTime: time }, reader);
    default:
      return noticeOf(told(kind), reader);
  }
}

export type Sample = Rendered & Pick<Letter, "subject" | "preheader">;

/** By `en/WELCOME`; undefined: there is none. */
export function sampleOf(path: string): Sample | undefined {
  for (const locale of SAMPLE_LOCALES) {
    for (const kind of SAMPLE_KINDS) {
      if (path === `${locale}/${kind}`) {
        const letter = sampleLetter(kind, locale);
        return { ...letter, ...openTemplates()(letter) };
      }
    }
  }
  return undefined;
}
