// Which keys sign and which are still believed.

/** What the rule knows of a key. */
export interface KeyTimes {
  readonly kid: string;
  /** From when it signs; it is published earlier, so that everybody knows it by then. */
  readonly activeTime: Date;
}

export interface Rotation {
  /** From when a new key is to sign, if one is due. */
  readonly makeActiveAt: Date | undefined;
  /** Keys whose last token has expired. */
  readonly forget: readonly string[];
}

const rotateAfterMs = 30 * 86_400_000;
/** Longer than any replica or verifier takes to notice a new key. */
const publishMs = 5 * 60_000;
/** Clock skew that verifiers allow, and a replica that still signs with the key it last read. */
const marginMs = 2 * 60_000;

/** What is to be done with the keys at `now`, where a token lives for `tokenMs`. */
export function rotation(keys: readonly KeyTimes[], now: Date, tokenMs: number): Rotation {
  const newest = keys.reduce<KeyTimes | undefined>(
    (best, key) => (best && best.activeTime >= key.activeTime ? best : key),
    undefined,
  );
  if (!newest) {
    return { makeActiveAt: now, forget: [] };
  }
  const isDue = +now - +newest.activeTime >= rotateAfterMs;
  const isOver = +now - +newest.activeTime > tokenMs + marginMs;
  return {
    makeActiveAt: isDue ? new Date(+now + publishMs) : undefined,
    forget: isOver ? keys.filter((key) => key !== newest).map(({ kid }) => kid) : [],
  };
}

/** The key to sign with: the newest that is active. */
export function signerOf<K extends KeyTimes>(keys: readonly K[], now: Date): K | undefined {
  return keys
    .filter(({ activeTime }) => activeTime <= now)
    .reduce<K | undefined>(
      (best, key) => (best && best.activeTime >= key.activeTime ? best : key),
      undefined,
    );
}
