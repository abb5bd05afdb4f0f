// Faults on request. A rule is used up by the requests or events that it matches.
import { randomUUID } from "node:crypto";

const FAULT_KINDS = [
  "latency",
  "429",
  "409",
  "500_before",
  "500_after",
  "timeout_after",
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
  left: number;
}

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
  private rules: Fault[] = [];

  /** Lets a caller skip the work of describing its subject when there is nothing to match. */
  get any(): boolean {
    return this.rules.length > 0;
  }

  add(value: unknown): Fault {
    const {
      kind,
      match = {},
      times = 1,
      ms,
    } = Object(value) as Partial<Fault> & { times?: number };
    const known = ["path", "orderId", "type"];
    if (!FAULT_KINDS.includes(kind as FaultKind)) {
      throw new TypeError(`kind must be one of ${FAULT_KINDS.join(", ")}`);
    }
    if (Object.keys(match).some((name) => !known.includes(name))) {
      throw new TypeError(`match may have ${known.join(", ")}`);
    }
    if (!Number.isSafeInteger(times) || times < 1) throw new TypeError("times must be 1 or more");
    if (ms !== undefined && !(Number.isFinite(ms) && ms >= 0)) {
      throw new TypeError("ms must be 0 or more");
    }
    const fault = { id: randomUUID(), kind: kind as FaultKind, match, left: times, ms };
    this.rules.push(fault);
    return fault;
  }

  list(): readonly Fault[] {
    return this.rules;
  }

  clear(): void {
    this.rules = [];
  }

  /** Uses up one of the first rule of these kinds that matches. */
  take(kinds: readonly FaultKind[], subject: Subject): Fault | undefined {
    const hit = this.rules.find(
      (rule) => kinds.includes(rule.kind) && matches(rule.match, subject),
    );
    if (hit && --hit.left === 0) this.rules = this.rules.filter((rule) => rule !== hit);
    return hit;
  }
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
