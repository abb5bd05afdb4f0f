// Etags of what changes by being used alone: the time of the last use.

export function etagOfTime(time: Date): string {
  return String(+time);
}

/** undefined: whatever it is; of what is no etag of ours, a time at which nothing was used. */
export function timeOfEtag(etag: string | undefined): Date | undefined {
  if (etag === undefined || etag === "*") {
    return undefined;
  }
  return new Date(/^\d{1,14}$/.test(etag) ? Number(etag) : 0);
}
