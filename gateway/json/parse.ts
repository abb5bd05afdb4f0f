/**
 * JSON as RFC 8259 has it and stricter: doubled names, `__proto__`, depth and number of names are
 * refused, strings are Unicode without NUL (PostgreSQL has none). JSON.parse can say none of this.
 */
import { isUtf8 } from "node:buffer";
import { problem, Violations } from "../problems/problem.ts";
import { notUtf8, spaceEnd, stringEnd, unfit } from "./characters.ts";
import { fieldPath, type Step } from "./path.ts";

export type Json = null | boolean | number | string | Json[] | JsonObject;
export interface JsonObject {
  [name: string]: Json;
}

const maxDepth = 32;
const maxNames = 1_000;

/** Throws MALFORMED_JSON with the position, INVALID_FIELD or UNKNOWN_FIELD with the paths. */
export function parseJson(body: Buffer): Json {
  // With bytes that are not UTF-8, each character stands for one byte, and every string is asked.
  const isText = isUtf8(body);
  return new Parser(body.toString(isText ? "utf8" : "latin1"), !isText).parse();
}

class Parser {
  readonly #text: string;
  readonly #isBytes: boolean;
  readonly #path: Step[] = [];
  readonly #violations = new Violations();
  #at = 0;
  #names = 0;

  constructor(text: string, isBytes: boolean) {
    this.#text = text;
    this.#isBytes = isBytes;
  }

  parse(): Json {
    const value = this.#value();
    this.#space();
    if (this.#at < this.#text.length) {
      throw this.#malformed("something follows the value");
    }
    this.#violations.throwIfAny();
    return value;
  }

  #value(): Json {
    this.#space();
    switch (this.#text.charCodeAt(this.#at)) {
      case 0x7b:
        return this.#object();
      case 0x5b:
        return this.#array();
      case 0x22:
        return this.#string();
      case 0x74:
        return this.#word("true", true);
      case 0x66:
        return this.#word("false", false);
      case 0x6e:
        return this.#word("null", null);
      default:
        return this.#number();
    }
  }

  #object(): JsonObject {
    this.#enter();
    const object: JsonObject = {};
    if (this.#next(0x7d)) {
      return object;
    }
    do {
      this.#space();
      if (this.#text.charCodeAt(this.#at) !== 0x22) {
        throw this.#malformed("a name in double quotes is missing");
      }
      const name = this.#string();
      this.#path.push(name);
      this.#checkName(object, name);
      if (!this.#next(0x3a)) {
        throw this.#malformed("a colon is missing");
      }
      const value = this.#value();
      if (name !== "__proto__") {
        object[name] = value;
      }
      this.#path.pop();
    } while (this.#next(0x2c));
    if (!this.#next(0x7d)) {
      throw this.#malformed("a comma or closing brace is missing");
    }
    return object;
  }

  #checkName(object: JsonObject, name: string): void {
    this.#names += 1;
    if (this.#names > maxNames) {
      throw this.#malformed(`there are more than ${maxNames} names`);
    }
    if (name === "__proto__") {
      this.#violations.unknown(fieldPath(this.#path));
    } else if (Object.hasOwn(object, name)) {
      this.#violations.add(fieldPath(this.#path), "doubled", "is there more than once");
    }
  }

  #array(): Json[] {
    this.#enter();
    const array: Json[] = [];
    if (this.#next(0x5d)) {
      return array;
    }
    do {
      this.#path.push(array.length);
      array.push(this.#value());
      this.#path.pop();
    } while (this.#next(0x2c));
    if (!this.#next(0x5d)) {
      throw this.#malformed("a comma or closing bracket is missing");
    }
    return array;
  }

  #string(): string {
    const start = this.#at;
    const end = stringEnd(this.#text, start + 1);
    this.#at = end;
    if (this.#text.charCodeAt(end) !== 0x22) {
      throw this.#malformed(
        end < this.#text.length ? "a control character" : "a string has no end",
      );
    }
    this.#at = end + 1;
    const raw = this.#text.slice(start + 1, end);
    return this.#isBytes || raw.includes("\\") ? this.#unescaped(start) : raw;
  }

  #unescaped(start: number): string {
    const raw = this.#text.slice(start, this.#at);
    let value: string;
    try {
      value = JSON.parse(raw) as string;
    } catch {
      this.#at = start;
      throw this.#malformed("a string has a wrong escape");
    }
    const refusal = this.#isBytes && !isUtf8(Buffer.from(raw, "latin1")) ? notUtf8 : unfit(value);
    if (refusal) {
      this.#violations.add(fieldPath(this.#path), refusal.rule, refusal.message);
    }
    return value;
  }

  #word<T>(word: string, value: T): T {
    if (!this.#text.startsWith(word, this.#at)) {
      throw this.#malformed("no value begins like this");
    }
    this.#at += word.length;
    return value;
  }

  #number(): number {
    number.lastIndex = this.#at;
    const [digits] = number.exec(this.#text) ?? [];
    if (digits === undefined) {
      throw this.#malformed("no value begins like this");
    }
    this.#at += digits.length;
    return Number(digits);
  }

  #enter(): void {
    this.#at += 1;
    if (this.#path.length >= maxDepth) {
      throw this.#malformed(`it is deeper than ${maxDepth}`);
    }
  }

  #next(code: number): boolean {
    this.#space();
    if (this.#text.charCodeAt(this.#at) !== code) {
      return false;
    }
    this.#at += 1;
    return true;
  }

  #space(): void {
    this.#at = spaceEnd(this.#text, this.#at);
  }

  #malformed(message: string) {
    return problem("MALFORMED_JSON", `${message}, at position ${this.#at}`);
  }
}

const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/gy;
