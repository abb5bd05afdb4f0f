// The append-only file that state is replayed from.
import fs from "node:fs";
import path from "node:path";

export interface Journal {
  /** One line, whole or not at all after a crash. */
  append(line: string): void;
  /**
   * Runs `done` once all that was appended so far is with the operating system: what was answered
   * outlives a kill of this process. It is not fsynced, so it may not outlive a loss of power.
   */
  afterWrite(done: () => void): void;
  close(): void;
}

const CHUNK_BYTES = 1 << 20;

/** Replays what is there through `apply`, then appends. */
export function openJournal(dir: string, apply: (line: string) => void): Journal {
  fs.mkdirSync(dir, { recursive: true });
  const fd = fs.openSync(path.join(dir, "journal.ndjson"), "a+");
  fs.ftruncateSync(fd, replay(fd, apply));

  let lines = "";
  let waiting: (() => void)[] = [];
  let scheduled: NodeJS.Immediate | undefined;
  let closed = false;

  // All requests that one turn of the event loop read share one write. A failed write throws out
  // of here and ends the process: memory is then ahead of the file, and nothing of it was answered.
  function flush(): void {
    scheduled = undefined;
    if (lines !== "") {
      const bytes = Buffer.from(lines);
      lines = "";
      for (let at = 0; at < bytes.length; ) at += fs.writeSync(fd, bytes, at);
    }
    const ready = waiting;
    waiting = [];
    for (const done of ready) done();
  }

  function schedule(): void {
    scheduled ??= setImmediate(flush);
  }

  return {
    append(line) {
      if (closed) return;
      lines += `${line}\n`;
      schedule();
    },
    afterWrite(done) {
      if (scheduled === undefined) done();
      else waiting.push(done);
    },
    close() {
      if (closed) return;
      closed = true;
      clearImmediate(scheduled);
      flush();
      fs.closeSync(fd);
    },
  };
}

/** Answers where the last whole line ends. */
function replay(fd: number, apply: (line: string) => void): number {
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  let rest: Buffer<ArrayBufferLike> = Buffer.alloc(0);
  let end = 0;
  for (let at = 0; ; ) {
    const count = fs.readSync(fd, chunk, 0, CHUNK_BYTES, at);
    if (count === 0) return end;
    at += count;
    const bytes = Buffer.concat([rest, chunk.subarray(0, count)]);
    let from = 0;
    for (let to = bytes.indexOf(10); to >= 0; to = bytes.indexOf(10, from)) {
      apply(bytes.toString("utf8", from, to));
      end += to + 1 - from;
      from = to + 1;
    }
    rest = bytes.subarray(from);
  }
}
