// Lists, newest first: https://docs.stripe.com/api/pagination
import type { Call } from "./call.ts";
import { invalid, missing } from "./errors.ts";
import type { Params } from "./form.ts";
import * as read from "./params.ts";
import type { Charge, Happening, Intent, Kind, Method, Record_ } from "./records.ts";
import type { Dispute } from "./records-dispute.ts";
import type { Payout, Refund, Reversal, Transaction, Transfer } from "./records-money.ts";
import { checkExpand, listOf, render, shapeEvent } from "./render.ts";
import type { Table } from "./store.ts";

const PAGE = ["created", "ending_before", "expand", "limit", "starting_after"];

/** Which rows each filter lets through. */
type Filters<T> = Readonly<Record<string, (row: T, value: string) => boolean>>;

const FILTERS: { [K in Kind]?: Filters<never> } = {
  payment_intent: { customer: (row: Intent, value) => row.customer === value },
  charge: {
    customer: (row: Charge, value) => row.customer === value,
    payment_intent: (row: Charge, value) => row.intent === value,
  },
  refund: {
    charge: (row: Refund, value) => row.charge === value,
    payment_intent: (row: Refund, value) => row.intent === value,
  },
  payment_method: {
    customer: (row: Method, value) => row.customer === value,
    type: (_row: Method, value) => value === "card",
  },
  transfer: {
    destination: (row: Transfer, value) => row.destination === value,
    transfer_group: (row: Transfer, value) => row.group === value,
  },
  transfer_reversal: { transfer: (row: Reversal, value) => row.transfer === value },
  payout: { status: (row: Payout, value) => row.status === value },
  dispute: {
    charge: (row: Dispute, value) => row.charge === value,
    payment_intent: (row: Dispute, value) => row.intent === value,
  },
  balance_transaction: {
    currency: (row: Transaction, value) => row.currency === value,
    source: (row: Transaction, value) => row.source === value,
    type: (row: Transaction, value) => row.type === value,
  },
};

export function listRecords(call: Call, kind: Kind, url: string): object {
  const { params, store } = call;
  const filters = (FILTERS[kind] ?? {}) as Filters<Record_>;
  read.onlyKnown(params, new Set([...PAGE, ...Object.keys(filters)]));
  const tests = Object.entries(filters).flatMap(([name, test]) => {
    const value = read.text(params, name);
    return value === undefined ? [] : [(row: Record_) => test(row, value)];
  });
  const keep = (row: Record_) => tests.every((test) => test(row));
  const { rows, more } = page(store.table(kind), params, keep, kind);
  return listOf(renderAll(call, kind, rows), more, url);
}

export function renderAll(
  { params, store }: Call,
  kind: Kind,
  rows: readonly Record_[],
): readonly object[] {
  const expand = (read.list(params, "expand") ?? []).map((path) => {
    if (path.startsWith("data.")) return path.slice("data.".length);
    throw invalid(`This property cannot be expanded (${path}).`, { param: "expand" });
  });
  checkExpand(kind, expand);
  const find = store.find.bind(store);
  return rows.map((row) => render(kind, row, expand, find));
}

export function listOfCustomer(call: Call): object {
  const { id } = call.row("customer");
  call.params.customer = id;
  return listRecords(call, "payment_method", `/v1/customers/${id}/payment_methods`);
}

export function listEvents(call: Call, url: string): object {
  const { params, store } = call;
  read.onlyKnown(params, new Set([...PAGE, "type", "types"]));
  const type = read.text(params, "type");
  const types = type === undefined ? read.list(params, "types") : [type];
  const keep = (event: Happening) =>
    types === undefined ||
    types.some((wanted) =>
      wanted.endsWith(".*") ? event.type.startsWith(wanted.slice(0, -1)) : wanted === event.type,
    );
  const { rows, more } = page(store.events, params, keep, "event");
  return listOf(rows.map(shapeEvent), more, url);
}

export function retrieveEvent({ store, id }: Call): object {
  const event = store.events.get(id);
  if (event === undefined) throw missing("event", id);
  return shapeEvent(event);
}

function page<T extends { readonly id: string; readonly created: number }>(
  table: Table<T>,
  params: Params,
  keep: (row: T) => boolean,
  noun: string,
): { rows: T[]; more: boolean } {
  const limit = read.integer(params, "limit") ?? 10;
  if (limit < 1 || limit > 100) {
    throw invalid("This value must be between 1 and 100.", { param: "limit" });
  }
  const after = cursor(table, params, "starting_after", noun);
  const before = cursor(table, params, "ending_before", noun);
  const { from, to } = created(params);
  const rows: T[] = [];
  // Towards older rows, or with `ending_before` towards newer ones.
  const step = before === undefined ? -1 : 1;
  let at = before === undefined ? (after ?? table.rows.length) - 1 : before + 1;
  for (; at >= 0 && at < table.rows.length; at += step) {
    const row = table.rows[at] as T;
    if (row.created < from || row.created > to || !keep(row)) {
      if (step < 0 && row.created < from) break;
      continue;
    }
    if (rows.length === limit) return { rows: step < 0 ? rows : rows.reverse(), more: true };
    rows.push(row);
  }
  return { rows: step < 0 ? rows : rows.reverse(), more: false };
}

function cursor<T extends { readonly id: string }>(
  table: Table<T>,
  params: Params,
  name: string,
  noun: string,
): number | undefined {
  const id = read.text(params, name);
  if (id === undefined) return undefined;
  const at = table.indexOf(id);
  if (at < 0) throw missing(noun, id, name);
  return at;
}

function created(params: Params): { from: number; to: number } {
  if (typeof params.created === "string") {
    const at = read.integer(params, "created") as number;
    return { from: at, to: at };
  }
  const range = read.group(params, "created") ?? {};
  read.onlyKnown(range, new Set(["gt", "gte", "lt", "lte"]));
  const above = (read.integer(range, "gt") ?? -2) + 1;
  const below = (read.integer(range, "lt") ?? Number.MAX_SAFE_INTEGER) - 1;
  return {
    from: Math.max(above, read.integer(range, "gte") ?? -1),
    to: Math.min(below, read.integer(range, "lte") ?? Number.MAX_SAFE_INTEGER),
  };
}
