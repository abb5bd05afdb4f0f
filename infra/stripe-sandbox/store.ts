// The state: tables of newest versions, the events, and the one way to change them.
import { newId, now } from "./ids.ts";
import { type Journal, openJournal } from "./journal.ts";
import type { Movement, MovementType } from "./ledger-file.ts";
import { type LedgerWriter, openLedger } from "./ledger-writer.ts";
import type { Happening, Kind, Record_, Records } from "./records.ts";

/** Rows in the order in which they were made. */
export class Table<T extends { readonly id: string }> {
  readonly rows: T[] = [];
  private readonly at = new Map<string, number>();

  get(id: string): T | undefined {
    const at = this.at.get(id);
    return at === undefined ? undefined : this.rows[at];
  }

  indexOf(id: string): number {
    return this.at.get(id) ?? -1;
  }

  set(row: T): void {
    const at = this.at.get(row.id);
    if (at !== undefined) this.rows[at] = row;
    else this.at.set(row.id, this.rows.push(row) - 1);
  }
}

/** On whose behalf something happens; absent when the sandbox itself did it, later. */
export interface Cause {
  readonly requestId: string;
  readonly key: string | undefined;
}

type Entry = readonly [kind: string, value: unknown];

/** How a part of the state that is not a table comes back from the journal. */
type Restore = (value: unknown, store: Store) => void;

const KIND_OF: Record<string, Kind> = {
  pi: "payment_intent",
  ch: "charge",
  txn: "balance_transaction",
  re: "refund",
  pm: "payment_method",
  cus: "customer",
  seti: "setup_intent",
  acct: "account",
  tr: "transfer",
  trr: "transfer_reversal",
  po: "payout",
  du: "dispute",
};

export class Store {
  readonly tables: { readonly [K in Kind]: Table<Records[K]> } = {
    payment_intent: new Table(),
    charge: new Table(),
    balance_transaction: new Table(),
    refund: new Table(),
    payment_method: new Table(),
    customer: new Table(),
    setup_intent: new Table(),
    account: new Table(),
    transfer: new Table(),
    transfer_reversal: new Table(),
    payout: new Table(),
    dispute: new Table(),
  };
  readonly events = new Table<Happening>();
  private readonly journal: Journal;
  private readonly ledger: LedgerWriter;
  private readonly enabled: ReadonlySet<string>;
  private entries: string[] = [];
  private movements: string[] = [];
  private moved = 0;

  constructor(dir: string, enabled: ReadonlySet<string>, restores: Record<string, Restore>) {
    this.enabled = enabled;
    const all: Record<string, Restore> = {
      event: (value) => this.restoreEvent(value),
      move: (value) => this.restoreMovement(value as Movement),
      ...restores,
    };
    for (const kind of Object.values(KIND_OF)) {
      all[kind] = (value) => this.table(kind).set(value as Record_);
    }
    const ledger = openLedger(dir);
    this.ledger = ledger;
    this.journal = openJournal(dir, (line) => {
      for (const [kind, value] of JSON.parse(line) as Entry[]) all[kind]?.(value, this);
    });
    // What was in the journal only when the last process died.
    ledger.append(this.movements);
    this.movements = [];
    this.moved = Math.max(this.moved, ledger.last);
  }

  table(kind: Kind): Table<Record_> {
    return this.tables[kind] as unknown as Table<Record_>;
  }

  /** The newest version of anything, by its id's prefix. */
  find(id: string): readonly [Kind, Record_] | undefined {
    const kind = KIND_OF[id.slice(0, id.indexOf("_"))];
    const record = kind && this.table(kind).get(id);
    return record && [kind, record];
  }

  put<K extends Kind>(kind: K, record: Records[K]): Records[K] {
    this.table(kind).set(record);
    this.note(kind, record);
    return record;
  }

  /** Records that something happened to the newest version of `object`. */
  emit(
    type: string,
    kind: Kind,
    object: Record_,
    cause?: Cause,
    previous?: Readonly<Record<string, unknown>>,
  ): void {
    const event: Happening = {
      id: newId("evt_"),
      created: now(),
      type,
      kind,
      object,
      hook: this.enabled.has(type),
      ...(previous && { previous }),
      ...(cause && { requestId: cause.requestId }),
      ...(cause?.key !== undefined && { key: cause.key }),
    };
    this.events.set(event);
    // The version is the newest at this place of the journal: its id is enough.
    this.note("event", { ...event, object: object.id });
  }

  /** Adds to what the next `commit` writes; `restore` of the same name reads it back. */
  note(kind: string, value: unknown): void {
    this.entries.push(`["${kind}",${JSON.stringify(value)}]`);
  }

  /** Says that money moved, in the ledger file too. */
  move(type: MovementType, about: Omit<Movement, "seq" | "at" | "type" | "key">, cause?: Cause) {
    const key = cause?.key === undefined ? {} : { key: cause.key };
    const movement: Movement = {
      seq: ++this.moved,
      at: new Date().toISOString(),
      type,
      ...about,
      ...key,
    };
    const text = JSON.stringify(movement);
    this.entries.push(`["move",${text}]`);
    this.movements.push(text);
  }

  /** Writes all that was put since the last one as one line, so that a crash cannot split it. */
  commit(): void {
    if (this.entries.length === 0) return;
    this.journal.append(`[${this.entries.join(",")}]`);
    this.entries = [];
    if (this.movements.length === 0) return;
    const movements = this.movements;
    this.movements = [];
    // The ledger has nothing that the journal has not.
    this.journal.afterWrite(() => this.ledger.append(movements));
  }

  /** Runs `done` once all that was committed is kept: the journal written, the ledger fsynced. */
  afterKept(done: () => void): void {
    this.journal.afterWrite(() => this.ledger.afterSync(done));
  }

  async close(): Promise<void> {
    this.journal.close();
    await this.ledger.close();
  }

  private restoreMovement(movement: Movement): void {
    this.moved = movement.seq;
    if (movement.seq > this.ledger.last) this.movements.push(JSON.stringify(movement));
  }

  private restoreEvent(value: unknown): void {
    const event = value as Omit<Happening, "object"> & { object: string };
    const object = this.table(event.kind).get(event.object);
    if (object) this.events.set({ ...event, object });
  }
}
