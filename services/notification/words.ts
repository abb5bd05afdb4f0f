/** What people are told, in their own language. Pure: no I/O, no clock, no protobuf. */
import { formatsOf } from "./formats.ts";
import type { Kind, Occasion } from "./kinds.ts";
import { type Language, languageOf, type Reader } from "./locale.ts";
import { en } from "./templates/en.ts";
import { es } from "./templates/es.ts";
import type { Texts } from "./templates/texts.ts";

const TEXTS: Readonly<Record<Language, Texts>> = { en, es };

export interface Words {
  readonly title: string;
  readonly body: string;
}

export function textsFor({ locale }: Reader): Texts {
  return TEXTS[languageOf(locale)];
}

export function wordsOf(kind: Kind, occasion: Occasion, reader: Reader): Words {
  const { title, body } = textsFor(reader).kinds[kind];
  return { title: title(occasion), body: body(occasion, formatsOf(reader)) };
}
