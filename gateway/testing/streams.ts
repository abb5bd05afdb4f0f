/** A bench whose one stream the test plays, and what the gateway makes of its messages. */
import type { Received } from "./backend.ts";
import { type Bench, startBench } from "./harness.ts";

export const events = { accept: "text/event-stream" };

type Watch = (
  request: { id: string; cursor?: string },
  received: Received,
) => AsyncIterable<object>;

export async function watched(
  watch: Watch,
  run: (bench: Bench) => Promise<void>,
  options: Parameters<typeof startBench>[1] = {},
): Promise<void> {
  const bench = await startBench({ WatchCrate: watch }, options);
  await run(bench);
  await bench.stop();
}

export const labelled = (label: string) =>
  `{"id":"1","label":"${label}","kind":"KIND_UNSPECIFIED","weight":"0","tags":[],"etag":""}`;
