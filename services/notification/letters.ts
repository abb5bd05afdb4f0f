/** What a mail says, for the template that it is put into. Pure. */
import { type Formats, formatsOf } from "./formats.ts";
import type { Kind, Occasion } from "./kinds.ts";
import { type Language, languageOf, type Reader } from "./locale.ts";
import { isRequired } from "./preferences.ts";
import type { CodeKind, Fact, Texts } from "./templates/texts.ts";
import { textsFor, type Words, wordsOf } from "./words.ts";

interface AnyLetter {
  readonly language: Language;
  readonly subject: string;
  /** What a list of mails shows beside the subject. */
  readonly preheader: string;
  readonly title: string;
  readonly footer: string;
}

export interface Notice extends AnyLetter {
  readonly template: "notice";
  readonly lines: readonly string[];
  readonly facts: readonly Labelled[];
}

export interface CodeLetter extends AnyLetter {
  readonly template: "code";
  readonly reason: string;
  readonly code: string;
  readonly expiry: string;
}

export interface Digest extends AnyLetter {
  readonly template: "digest";
  readonly messages: readonly { readonly title: string; readonly lines: readonly string[] }[];
}

export type Letter = Notice | CodeLetter | Digest;

interface Labelled {
  readonly label: string;
  readonly value: string;
}

/** Something that a person was told. */
export interface Told {
  readonly kind: Kind;
  /** null: told by a release that kept only the words. */
  readonly occasion: Occasion | null;
  readonly words: Words;
  readonly time: Date;
}

export function noticeOf(told: Told, reader: Reader): Notice {
  const { title, body } = wordsFor(told, reader);
  const lines = linesOf(body);
  return {
    template: "notice",
    ...headOf(title, lines.join(" "), reader, told.kind),
    lines,
    facts: factsOf(told, formatsOf(reader), textsFor(reader)),
  };
}

export interface Code {
  readonly token: string;
  readonly expireTime: Date;
}

export function codeLetterOf(
  kind: CodeKind,
  { token, expireTime }: Code,
  reader: Reader,
): CodeLetter {
  const { codes, expiry } = textsFor(reader);
  const reason = codes[kind];
  return {
    template: "code",
    ...headOf(wordsOf(kind, {}, reader).title, reason, reader, kind),
    reason,
    code: token,
    expiry: expiry(formatsOf(reader).time(expireTime)),
  };
}

export function digestOf(all: readonly Told[], reader: Reader): Digest {
  const words = all.map((told) => wordsFor(told, reader));
  const titles = words.map(({ title }) => title).join(" · ");
  return {
    template: "digest",
    ...headOf(textsFor(reader).digest(all.length), titles, reader, undefined),
    messages: words.map(({ title, body }) => ({ title, lines: linesOf(body) })),
  };
}

/** In the reader's language of now, which may be another than when it happened. */
function wordsFor({ kind, occasion, words }: Told, reader: Reader): Words {
  return occasion ? wordsOf(kind, occasion, reader) : words;
}

function headOf(
  title: string,
  preheader: string,
  reader: Reader,
  kind: Kind | undefined,
): AnyLetter {
  const { footers } = textsFor(reader);
  const footer = kind && isRequired("MAIL", kind) ? footers.required : footers.optional;
  return { language: languageOf(reader.locale), subject: title, preheader, title, footer };
}

function factsOf({ occasion, time }: Told, formats: Formats, { facts }: Texts): Labelled[] {
  const values: readonly (readonly [Fact, string | undefined])[] = [
    ["order", occasion?.orderId],
    ["pieces", formats.count(occasion?.pieces)],
    ["amount", formats.money(occasion?.amount)],
    ["time", formats.time(time)],
  ];
  return values.flatMap(([fact, value]) =>
    value === undefined ? [] : [{ label: facts[fact], value }],
  );
}

function linesOf(body: string): string[] {
  return body.split(/\s*\n\s*/).filter((line) => line !== "");
}
