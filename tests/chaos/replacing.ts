/** Changes a stream of bytes. */
export interface Change {
  (chunk: Buffer): Buffer;
  /** What was kept back, when nothing more comes for a while. */
  rest(): Buffer;
}

const NOTHING = Buffer.alloc(0);

/**
 * Replaces bytes in a stream by others of the same length, also where they lie across two chunks:
 * what may be the beginning of `one` is kept back until the next chunk says, or for a moment.
 */
export function replacing(one: Buffer, other: Buffer): Change {
  let kept: Buffer = NOTHING;

  function change(chunk: Buffer): Buffer {
    const all = Buffer.concat([kept, chunk]);
    for (let at = all.indexOf(one); at >= 0; at = all.indexOf(one, at + one.length)) {
      other.copy(all, at);
    }
    let length = Math.min(one.length - 1, all.length);
    while (length > 0 && !all.subarray(all.length - length).equals(one.subarray(0, length))) {
      length -= 1;
    }
    kept = Buffer.from(all.subarray(all.length - length));
    return all.subarray(0, all.length - length);
  }

  function rest(): Buffer {
    const last = kept;
    kept = NOTHING;
    return last;
  }

  return Object.assign(change, { rest });
}
