/** Single fields of a message, found without reading the others. */
import { type Source, tagOf } from "./source.ts";

export interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * Where the contents of the one length-delimited field of that number lie. Undefined: it is not
 * there, or more than once, or the message is odd, of which the last two make the source odd.
 */
export function spanOf(from: Source, { start, end }: Span, number: number): Span | undefined {
  const wanted = tagOf(number, 2);
  let found: Span | undefined;
  from.at = start;
  for (let tag = from.tag(end); tag !== 0; tag = from.tag(end)) {
    if (tag === wanted) {
      from.isOdd ||= found !== undefined;
      const last = from.contents(end);
      found = { start: from.at, end: last };
      from.at = last;
    } else {
      from.skip(tag, end);
    }
  }
  return from.isOdd ? undefined : found;
}
