/** What people are told, to be said in each language. */
import type { Formats } from "../formats.ts";
import type { Kind, Occasion } from "../kinds.ts";

export interface Texts {
  readonly kinds: Readonly<Record<Kind, KindTexts>>;
  /** What the code in a mail is for. */
  readonly codes: Readonly<Record<CodeKind, string>>;
  /** An SMS. */
  readonly phoneCode: (code: string) => string;
  readonly expiry: (time: string) => string;
  /** What stands before them in a mail. */
  readonly facts: Readonly<Record<Fact, string>>;
  readonly digest: (count: number) => string;
  readonly footers: Readonly<Record<Footer, string>>;
}

interface KindTexts {
  readonly title: (occasion: Occasion) => string;
  readonly body: (occasion: Occasion, formats: Formats) => string;
}

/** Of these the mail, and nothing else, has a code. */
export type CodeKind = "VERIFY_EMAIL" | "RESET_PASSWORD";

export type Fact = "order" | "pieces" | "amount" | "time";

/** Whether a mail may be switched off. */
type Footer = "required" | "optional";
