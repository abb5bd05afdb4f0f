/** What a mail's List-Unsubscribe switches off (RFC 2369, RFC 8058). Pure. */
import { KINDS, type Kind } from "./kinds.ts";
import { isRequired, type Muted } from "./preferences.ts";

/** What a mail is of: a kind, or several. */
export type MailOf = Kind | "DIGEST";

export interface Unsubscribing {
  /** Its person's. */
  readonly key: string;
  readonly muted: readonly Muted[];
}

const TOKEN = /^([A-Z_]+)-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/** The headers of a mail; none for what cannot be switched off. */
export function unsubscribeHeaders(
  publicUrl: string,
  of: MailOf,
  key: string,
): Readonly<Record<string, string>> {
  if (mutedBy(of).length === 0) {
    return {};
  }
  return {
    "List-Unsubscribe": `<${new URL(`/unsubscribe/${of}-${key}`, publicUrl)}>`,
    "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
  };
}

/** undefined: no token of ours. */
export function readToken(token: string): Unsubscribing | undefined {
  const [, of, key] = TOKEN.exec(token) ?? [];
  const muted = mutedBy(of);
  return key && muted.length > 0 ? { key, muted } : undefined;
}

function mutedBy(of: string | undefined): Muted[] {
  return KINDS.filter((kind) => (of === "DIGEST" || of === kind) && !isRequired("MAIL", kind)).map(
    (kind) => `MAIL ${kind}` as const,
  );
}
