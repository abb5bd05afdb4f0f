import { isUtf8 } from "node:buffer";
import type { Span } from "./find.ts";
import type { JsonWriter, Sink } from "./sink.ts";
import { Source } from "./source.ts";

/** A message's JSON; undefined where its bytes are not as encoders write them. */
export function jsonOf(
  write: JsonWriter,
  bytes: Uint8Array,
  { start, end }: Span,
  sink: Sink,
): Buffer | undefined {
  const from = new Source(bytes, start);
  sink.clear();
  write(from, sink, end);
  const json = sink.bytes.subarray(0, sink.to);
  return from.isOdd || !isUtf8(json) ? undefined : Buffer.from(json);
}
