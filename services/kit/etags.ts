// What the etag of a request says: in which state a thing is to be, for it to be changed.

/** undefined: whatever it is. */
export function expectedEtag(given: string | undefined): string | undefined {
  return given === "*" ? undefined : given;
}

export function isStale(given: string | undefined, now: string): boolean {
  const expected = expectedEtag(given);
  return expected !== undefined && expected !== now;
}

/**
 * Of etags that are made of a version; undefined: whatever it is; of what is no etag of ours -1,
 * which no version is.
 * @param form with the version as its first group
 */
export function expectedVersion(
  given: string | undefined,
  form = /^(\d{1,18})$/,
): bigint | undefined {
  const expected = expectedEtag(given);
  return expected === undefined ? undefined : BigInt(form.exec(expected)?.[1] ?? -1);
}
