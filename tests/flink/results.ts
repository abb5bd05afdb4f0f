/** What was published of windows: of each the highest version, as a consumer keeps it. */
import { randomUUID } from "node:crypto";
import { startConsumer } from "#kit/kafka.ts";
import { watchLag } from "#kit/kafka-lag.ts";
import { silent } from "#kit/log.ts";
import type { TestTopics } from "#kit/testing-kafka.ts";

export interface Published {
  readonly window: Readonly<Record<string, unknown>> & {
    readonly startTime: string;
    readonly final: boolean;
    readonly version: string;
    readonly updateTime: string;
  };
  readonly merchantId: string;
}

export interface Results {
  /** By the record's key. */
  readonly windows: ReadonlyMap<string, Published>;
  /** Keys of which a lower version came after a higher one. */
  readonly backwards: ReadonlySet<string>;
  isAtEnd(): Promise<boolean>;
  stop(): Promise<void>;
}

export function readResults({ brokers, prefix }: TestTopics): Results {
  const clientId = `results-${randomUUID()}`;
  const options = { brokers, prefix, clientId, log: silent };
  const windows = new Map<string, Published>();
  const backwards = new Set<string>();
  const consumer = startConsumer({
    ...options,
    topics: ["analytics-results"],
    onCrash(error) {
      throw error;
    },
    async onBatch(batch) {
      for (const { key, value } of batch.records) {
        const published = JSON.parse(value ?? "") as Published;
        const known = windows.get(key);
        if (known && BigInt(known.window.version) > BigInt(published.window.version)) {
          backwards.add(key);
        } else {
          windows.set(key, published);
        }
      }
      await batch.done(batch.records.at(-1)?.offset ?? 0n);
    },
  });
  const lag = watchLag(options, ["analytics-results"]);
  return {
    windows,
    backwards,
    isAtEnd: async () => (await lag.ask()).get("analytics-results") === 0,
    async stop() {
      await Promise.all([consumer.stop(), lag.close()]);
    },
  };
}

/** All but how often it changed, when, and whether it is over. */
export function figures(published: Published | undefined) {
  if (!published) {
    return undefined;
  }
  const { version: _, updateTime: __, final: ___, ...window } = published.window;
  return { ...published, window };
}
