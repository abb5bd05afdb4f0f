/** What may not stand in a string of JSON as it is (RFC 8259, 7). */

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** By character code: 1 for those that are escaped. */
export const mustEscape = Uint8Array.from({ length: 256 }, (_, code) =>
  code < 0x20 || code === QUOTE || code === BACKSLASH ? 1 : 0,
);

/** Behind the backslash, of those that have a letter of their own. */
const letters: Readonly<Record<number, string>> = {
  8: "b",
  9: "t",
  10: "n",
  12: "f",
  13: "r",
  [QUOTE]: '"',
  [BACKSLASH]: "\\",
};

/** Answers where it ends, six bytes on at most. */
export function writeEscaped(bytes: Uint8Array, to: number, code: number): number {
  const escaped = letters[code] ?? `u${code.toString(16).padStart(4, "0")}`;
  bytes[to] = BACKSLASH;
  for (let at = 0; at < escaped.length; at += 1) {
    bytes[to + 1 + at] = escaped.charCodeAt(at);
  }
  return to + 1 + escaped.length;
}
