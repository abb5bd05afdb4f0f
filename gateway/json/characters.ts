import { Refusal } from "./refusal.ts";

export const notUtf8 = new Refusal("string.utf8", "is not valid UTF-8");
const halfPair = new Refusal("string.utf8", "has half a surrogate pair");
const nul = new Refusal("string.nul", "has the character U+0000");

/** What no string may have: protobuf's must be Unicode, and PostgreSQL's know no NUL. */
export function unfit(text: string): Refusal | undefined {
  if (text.includes("\0")) {
    return nul;
  }
  return /\p{Surrogate}/u.test(text) ? halfPair : undefined;
}

/** Up to a quote, a backslash or what may not be in a string of JSON. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what JSON forbids
const plain = /[^"\\\u0000-\u001f]*/y;

/** Where a string of JSON ends: its closing quote, or what should be one. */
export function stringEnd(text: string, start: number): number {
  let end = start;
  for (;;) {
    plain.lastIndex = end;
    plain.test(text);
    end = plain.lastIndex;
    if (text.charCodeAt(end) !== 0x5c) {
      return end;
    }
    end = Math.min(end + 2, text.length);
  }
}

/** Where the white space of JSON ends. */
export function spaceEnd(text: string, start: number): number {
  let end = start;
  for (;;) {
    const code = text.charCodeAt(end);
    if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) {
      return end;
    }
    end += 1;
  }
}
