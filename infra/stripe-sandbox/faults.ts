// Faults on request. A rule is used up by the requests or events that it meets, or by time.
import { createHash, randomUUID } from "node:crypto";

const FAULT_KINDS = [
  "latency",
  "429",
  "409",
  "500_before",
  "500_after",
  "timeout_after",
  "decline",
  "webhook_duplicate",
  "webhook_drop",
  "webhook_delay",
  "webhook_reorder",
  "webhook_before_reply",
] as const;

export type FaultKind = (typeof FAULT_KINDS)[number];

export interface Fault {
  readonly id: string;
  readonly kind: FaultKind;
  readonly match: Match;
  readonly ms: number | undefined;
  /** Of each request or event that matches; 1 without a wish. */
  readonly probability: number;
  /** With the same one, the n-th that matches meets the same fate in every run. */
  readonly seed: number;
  /** How often it may still come; null: as often as its time allows. */
  left: number | null;
  /** Unix milliseconds. */
  readonly until: number | undefined;
}

interface Rule {
  readonly fault: Fault;
  readonly draw: () => number;
}

type Wish = Partial<Pick<Fault, "kind" | "match" | "ms" | "probability" | "seed">> & {
  readonly times?: number;
  readonly forMs?: number;
};

interface Match {
  /** `POST /v1/payment_intents`; `*` stands for one part of a path, and the method may be left out. */
  readonly path?: string;
  /** metadata.order_id of the request or of what it is about. */
  readonly orderId?: string;
  /** An event's type. */
  readonly type?: string;
}

export interface Subject {
  readonly method?: string;
  readonly path?: string;
  readonly type?: string;
  readonly orderId: string | undefined;
}

export class Faults {
  private rules: Rule[] = [];

  /** Lets a caller skip the work of describing its subject when there is nothing to match. */
  get any(): boolean {
    return this.rules.length > 0;
  }

  add(value: unknown): Fault {
    const { kind, match = {}, times, forMs, ms, probability, seed = 0 } = checked(value);
    const fault: Fault = {
      id: randomUUID(),
      kind,
      match,
      ms,
      probability: probability ?? 1,
      seed,
      left: times ?? (forMs === undefined ? 1 : null),
      until: forMs === undefined ? undefined : Date.now() + forMs,
    };
    this.rules.push({ fault, draw: random(seed) });
    return fault;
  }

  list(): readonly Fault[] {
    this.forget();
    return this.rules.map(({ fault }) => fault);
  }

  clear(): void {
    this.rules = [];
  }

  /** Uses up one of the first rule of these kinds that matches, and whose draw says so. */
  take(kinds: readonly FaultKind[], subject: Subject): Fault | undefined {
    this.forget();
    const hit = this.rules.find(
      ({ fault, draw }) =>
        kinds.includes(fault.kind) &&
        matches(fault.match, subject) &&
        (fault.probability === 1 || draw() < fault.probability),
    );
    if (hit === undefined) return undefined;
    if (hit.fault.left !== null) hit.fault.left--;
    return hit.fault;
  }

  /** Those whose times or time are over. */
  private forget(): void {
    const at = Date.now();
    const isOver = ({ left, until = Number.POSITIVE_INFINITY }: Fault) => left === 0 || until <= at;
    if (this.rules.some(({ fault }) => isOver(fault))) {
      this.rules = this.rules.filter(({ fault }) => !isOver(fault));
    }
  }
}

function checked(value: unknown): Wish & { readonly kind: FaultKind } {
  const wish = Object(value) as Wish;
  const { kind, match = {}, times, forMs, ms, probability, seed } = wish;
  if (kind === undefined || !FAULT_KINDS.includes(kind)) {
    throw new TypeError(`kind must be one of ${FAULT_KINDS.join(", ")}`);
  }
  const known = ["path", "orderId", "type"];
  if (Object.keys(match).some((name) => !known.includes(name))) {
    throw new TypeError(`match may have ${known.join(", ")}`);
  }
  const wrong = [
    times !== undefined &&
      !(Number.isSafeInteger(times) && times >= 1) &&
      "times must be 1 or more",
    forMs !== undefined && !(Number.isFinite(forMs) && forMs > 0) && "forMs must be more than 0",
    ms !== undefined && !(Number.isFinite(ms) && ms >= 0) && "ms must be 0 or more",
    probability !== undefined &&
      !(probability > 0 && probability <= 1) &&
      "probability must be above 0 and at most 1",
    probability !== undefined &&
      (times ?? forMs) === undefined &&
      "probability needs times or forMs",
    seed !== undefined && !Number.isSafeInteger(seed) && "seed must be an integer",
  ].filter((message) => message !== false);
  if (wrong.length > 0) throw new TypeError(wrong.join("; "));
  return { ...wish, kind };
}

/** Numbers of [0, 1), the same for the same seed: xorshift over 32 bits. */
function random(seed: number): () => number {
  // Neighbouring seeds must not begin alike, and the state must not be 0.
  let state = createHash("sha256").update(String(seed)).digest().readUInt32LE() || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

function matches({ path, orderId, type }: Match, subject: Subject): boolean {
  return (
    (orderId === undefined || orderId === subject.orderId) &&
    (type === undefined || subject.type === undefined || type === subject.type) &&
    (path === undefined || subject.path === undefined || matchesPath(path, subject))
  );
}

function matchesPath(pattern: string, { method, path = "" }: Subject): boolean {
  const space = pattern.indexOf(" ");
  if (space > 0 && pattern.slice(0, space) !== method) return false;
  const wanted = pattern.slice(space + 1).split("/");
  const parts = path.split("/");
  return (
    wanted.length === parts.length && wanted.every((part, at) => part === "*" || part === parts[at])
  );
}
