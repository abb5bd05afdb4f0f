// Idempotency keys: https://docs.stripe.com/api/idempotent_requests
import { createHash } from "node:crypto";
import { type Answer, restore, type SavedAnswer, save } from "./answers.ts";
import { ApiError, invalid, keyInUse } from "./errors.ts";
import type { Store } from "./store.ts";

const KEPT_MS = 24 * 3600 * 1000;
const SWEEP_MS = 10 * 60 * 1000;
const MAX_KEY_CHARS = 255;

interface Use {
  readonly key: string;
  readonly path: string;
  /** Of the parameters, whatever their order. */
  readonly print: string;
  readonly at: number;
  readonly answer: Answer;
}

type SavedUse = Omit<Use, "answer"> & { readonly answer: SavedAnswer };

export class IdempotencyKeys {
  // In order of age, so a sweep stops at the first that is young enough.
  private readonly uses = new Map<string, Use>();
  private readonly running = new Set<string>();
  private readonly timer = setInterval(() => this.sweep(), SWEEP_MS).unref();

  /** Answers what the key was answered before, or takes the key for this request. */
  begin(key: string, path: string, body: string): Answer | undefined {
    if (key.length > MAX_KEY_CHARS) {
      throw invalid(`Idempotency keys have at most ${MAX_KEY_CHARS} characters.`, {});
    }
    if (this.running.has(key)) throw keyInUse(key);
    const use = this.uses.get(key);
    if (use === undefined || use.at < Date.now() - KEPT_MS) {
      this.running.add(key);
      return undefined;
    }
    if (use.path !== path) {
      throw reused(`for the same endpoint they were first used for ('${use.path}' was it)`, key);
    }
    if (use.print !== printOf(body)) {
      throw reused("with the same parameters they were first used with", key);
    }
    return use.answer;
  }

  /** Keeps the answer in the same write as the work. */
  finish(store: Store, key: string, path: string, body: string, answer: Answer): void {
    this.running.delete(key);
    this.uses.delete(key);
    const use = { key, path, print: printOf(body), at: Date.now(), answer };
    this.uses.set(key, use);
    store.note("key", { ...use, answer: save(answer) } satisfies SavedUse);
  }

  /** Lets the key go without an answer: nothing was done. */
  abandon(key: string): void {
    this.running.delete(key);
  }

  restore(store: Store, value: unknown): void {
    const saved = value as SavedUse;
    if (saved.at < Date.now() - KEPT_MS) return;
    this.uses.delete(saved.key);
    this.uses.set(saved.key, { ...saved, answer: restore(store, saved.answer) });
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private sweep(): void {
    const oldest = Date.now() - KEPT_MS;
    for (const [key, use] of this.uses) {
      if (use.at >= oldest) return;
      this.uses.delete(key);
    }
  }
}

function printOf(body: string): string {
  const sorted = body.split("&").sort().join("&");
  return createHash("sha256").update(sorted).digest("base64");
}

function reused(how: string, key: string): ApiError {
  const message =
    `Keys for idempotent requests can only be used ${how}. Try using a key other than '${key}' ` +
    "if you meant to execute a different request.";
  return new ApiError(400, "idempotency_error", message, {}, {}, true);
}
