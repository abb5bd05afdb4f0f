/** Calls of an rpc that every service serves, each for what is its own (option `served_by`). */
import { create, type DescField, fromBinary, type Message, toBinary } from "@bufbuild/protobuf";
import type { Rpc } from "../contract/contract.ts";
import { type Local, setField } from "../json/fields.ts";
import { localOf } from "../request/text.ts";

/** Asks the service with the contracts of this package. */
type AskOne = (packageName: string, request: Uint8Array) => Promise<Uint8Array>;

export interface Several {
  /** Whom the request names; undefined: all. */
  chosen(request: Uint8Array): string | undefined;
  /** One after another, as one answer. */
  askAll(request: Uint8Array, ask: AskOne): Promise<Uint8Array>;
}

/** `pageSize` of a list that names none. */
const defaultPageSize = 20;

/** @param packages those that a service stands behind */
export function severalOf({ method, options }: Rpc, packages: readonly string[]): Several {
  const { input, output } = method;
  const by = input.fields.find(({ name }) => name === options.servedBy);
  if (by?.fieldKind !== "scalar" || method.methodKind !== "unary") {
    throw new Error(`${method} cannot be served by ${options.servedBy}`);
  }
  const byName = new Map(
    packages.map((name): [string, string] => [serviceOf(name), name]).toSorted(inOrder),
  );
  const names = [...byName.keys()];
  const [first] = byName.values();

  return {
    chosen(request) {
      const named = textOf(fromBinary(input, request), by).split("_", 1)[0];
      // Nobody has that name: any of them can say so, after it has asked who wants to know.
      return named ? (byName.get(named) ?? first) : undefined;
    },

    async askAll(request, ask) {
      const pages = pagesOf({ method, options });
      const answers: Uint8Array[] = [];
      if (!pages) {
        for (const name of names) {
          answers.push(await ask(byName.get(name) as string, request));
        }
        return Buffer.concat(answers);
      }
      const wish = fromBinary(input, request);
      const [from, token] = split(textOf(wish, pages.token), names);
      let left = Number(local(wish, pages.size) ?? defaultPageSize);
      for (let at = from; at < names.length; at++) {
        set(wish, pages.token, at === from ? token : "");
        const bytes = await ask(byName.get(names[at] as string) as string, toBinary(input, wish));
        const answer = fromBinary(output, bytes);
        const more = textOf(answer, pages.next);
        left -= (local(answer, pages.list) as readonly unknown[]).length;
        const isFull = left <= 0 && at + 1 < names.length;
        const next = more ? `${names[at]}.${more}` : isFull ? `${names[at + 1]}.` : undefined;
        set(answer, pages.next, next);
        answers.push(toBinary(output, answer));
        if (next !== undefined) {
          break;
        }
        set(wish, pages.size, left);
      }
      // Messages one after another are one message with all their lists' items.
      return answers.length > 0 ? Buffer.concat(answers) : toBinary(output, create(output));
    },
  };
}

interface Pages {
  readonly size: DescField;
  readonly token: DescField;
  readonly next: DescField;
  readonly list: DescField;
}

/** Undefined for an rpc that has no pages. */
function pagesOf({ method: { input, output } }: Rpc): Pages | undefined {
  const size = input.field.pageSize;
  const token = input.field.pageToken;
  const next = output.field.nextPageToken;
  const list = output.fields.find(({ fieldKind }) => fieldKind === "list");
  return size && token && next && list && { size, token, next, list };
}

/** `product.x` → where that service is among the names, and its own token. */
function split(token: string, names: readonly string[]): [from: number, token: string] {
  const dot = token.indexOf(".");
  const from = dot < 0 ? -1 : names.indexOf(token.slice(0, dot));
  // One of nobody's making goes on as it is, to be refused.
  return from < 0 ? [0, token] : [from, token.slice(dot + 1)];
}

/** `things` of `somebody.things.v1` */
function serviceOf(packageName: string): string {
  return packageName.split(".").at(-2) ?? packageName;
}

function inOrder([a]: [string, string], [b]: [string, string]): number {
  return a < b ? -1 : 1;
}

function local(message: Message, field: DescField): unknown {
  return localOf(message as unknown as Local, field);
}

function set(message: Message, field: DescField, value: unknown): void {
  setField(message as unknown as Local, field, value);
}

function textOf(message: Message, field: DescField): string {
  return String(local(message, field) ?? "");
}
