/** What people may choose of how they are told. Pure: no I/O, no clock, no protobuf. */
import { KINDS, type Kind } from "./kinds.ts";
import { afterQuiet, nextDigest, type Timing } from "./timing.ts";

export type Channel = "INBOX" | "MAIL" | "PUSH";

const CHANNELS: readonly Channel[] = ["INBOX", "MAIL", "PUSH"];

export interface Preferences extends Timing {
  /** Of these kinds they are not told on these channels. */
  readonly muted: ReadonlySet<Muted>;
}

export type Muted = `${Channel} ${Kind}`;

/** Of whoever never set any. */
export const UNSET: Preferences = {
  muted: new Set(),
  timeZone: "UTC",
  quietHours: undefined,
  digest: "NONE",
};

/**
 * Mails about somebody's contract and money: its confirmation on a durable medium is the law's
 * (Directive 2011/83/EU, article 8(7)); that it ended and what is paid back belong to it. Without
 * those about the account itself somebody could not get in, or not learn that another one did. A
 * test is to be seen at once.
 */
const REQUIRED: ReadonlySet<Kind> = new Set([
  "ORDER_CONFIRMED",
  "ORDER_CANCELLED",
  "PAYMENT_REFUNDED",
  "PAYMENT_DISPUTED",
  "VERIFY_EMAIL",
  "RESET_PASSWORD",
  "PASSWORD_CHANGED",
  "TEST",
]);

/** It cannot be switched off, and waits for no hour and no digest. */
export function isRequired(channel: Channel, kind: Kind): boolean {
  return channel === "MAIL" && REQUIRED.has(kind);
}

export interface Choice {
  readonly channel: Channel;
  readonly kind: Kind;
  readonly isEnabled: boolean;
}

/** Every kind on every channel. */
export function choicesOf({ muted }: Preferences): Choice[] {
  return KINDS.flatMap((kind) =>
    CHANNELS.map((channel) => ({ channel, kind, isEnabled: !muted.has(`${channel} ${kind}`) })),
  );
}

export type Sending =
  | { readonly how: "now" }
  | { readonly how: "later" | "digest"; readonly at: Date };

/** When a push may go that may not yet. A test is to be seen at once. */
export function quietUntil(now: Date, kind: Kind, timing: Timing): Date | undefined {
  const at = kind === "TEST" ? now : afterQuiet(now, timing);
  return at > now ? at : undefined;
}

/** What becomes of a mail that is due. */
export function sendingOf(now: Date, kind: Kind, timing: Timing): Sending {
  if (isRequired("MAIL", kind)) {
    return { how: "now" };
  }
  if (timing.digest !== "NONE") {
    return { how: "digest", at: nextDigest(now, timing) };
  }
  const at = afterQuiet(now, timing);
  return at > now ? { how: "later", at } : { how: "now" };
}
