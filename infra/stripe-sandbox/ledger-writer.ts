// Writes the ledger file: append-only, fsynced, one sync for all that came during the last one.
import fs from "node:fs";
import path from "node:path";
import type { Movement } from "./ledger-file.ts";

export interface LedgerWriter {
  /** The number of the last line that was there at the start; 0 when there was none. */
  readonly last: number;
  append(lines: readonly string[]): void;
  /** Runs `done` once all that was appended so far would outlive a loss of power. */
  afterSync(done: () => void): void;
  close(): Promise<void>;
}

export const LEDGER_FILE = "ledger.jsonl";

export function openLedger(dir: string): LedgerWriter {
  fs.mkdirSync(dir, { recursive: true });
  const fd = fs.openSync(path.join(dir, LEDGER_FILE), "a+");
  const last = mend(fd);
  syncFolder(dir);

  let lines = "";
  let queued: (() => void)[] = [];
  /** Those whose lines are being synced. */
  let syncing: (() => void)[] | undefined;

  // A failed write or sync throws out of here and ends the process: nothing of it was answered.
  function flush(): void {
    if (syncing !== undefined || lines === "") return;
    const bytes = Buffer.from(lines);
    syncing = queued;
    lines = "";
    queued = [];
    for (let at = 0; at < bytes.length; ) at += fs.writeSync(fd, bytes, at);
    fs.fdatasync(fd, (error) => {
      if (error) throw error;
      const ready = syncing ?? [];
      syncing = undefined;
      flush();
      for (const done of ready) done();
    });
  }

  function afterSync(done: () => void): void {
    if (lines !== "") queued.push(done);
    else if (syncing !== undefined) syncing.push(done);
    else done();
  }

  return {
    last,
    append(added) {
      if (added.length === 0) return;
      // Whatever else this turn of the event loop adds shares the sync.
      if (lines === "") queueMicrotask(flush);
      lines += `${added.join("\n")}\n`;
    },
    afterSync,
    async close() {
      await new Promise<void>((resolve) => afterSync(resolve));
      fs.closeSync(fd);
    },
  };
}

/** Cuts off a line that was not written to its end, and answers the number of the last whole one. */
function mend(fd: number): number {
  const text = fs.readFileSync(fd, "utf8");
  const end = text.lastIndexOf("\n") + 1;
  fs.ftruncateSync(fd, Buffer.byteLength(text.slice(0, end)));
  const line = text.slice(text.lastIndexOf("\n", end - 2) + 1, end);
  return line === "" ? 0 : (JSON.parse(line) as Movement).seq;
}

/** Else the file's name could be lost with the power. */
function syncFolder(dir: string): void {
  const folder = fs.openSync(dir, "r");
  fs.fsyncSync(folder);
  fs.closeSync(folder);
}
