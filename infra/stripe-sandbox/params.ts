// Reads and refuses parameters in Stripe's words.
import { invalid } from "./errors.ts";
import type { Params } from "./form.ts";
import type { Shipping } from "./records.ts";
import type { Metadata } from "./records-money.ts";

/** What the sandbox does not know it refuses, as Stripe refuses what Stripe does not know. */
export function onlyKnown(params: Params, known: ReadonlySet<string>): void {
  for (const name in params) {
    if (!known.has(name)) {
      throw invalid(`Received unknown parameter: ${name}`, {
        code: "parameter_unknown",
        param: name,
      });
    }
  }
}

/** An empty string means unset, as in Stripe's API. */
export function text(params: Params, name: string): string | undefined {
  const value = params[name];
  if (value === undefined || value === "") return undefined;
  if (typeof value === "string") return value;
  throw invalid(`Invalid string: ${JSON.stringify(value)}`, { param: name });
}

export function integer(params: Params, name: string): number | undefined {
  const value = text(params, name);
  if (value === undefined) return undefined;
  const number = Number(value);
  if (/^-?\d{1,15}$/.test(value)) return number;
  throw invalid(`Invalid integer: ${value}`, { code: "parameter_invalid_integer", param: name });
}

export function flag(params: Params, name: string): boolean {
  const value = text(params, name);
  if (value === undefined || value === "false" || value === "0") return false;
  if (value === "true" || value === "1") return true;
  throw invalid(`Invalid boolean: ${value}`, { param: name });
}

export function oneOf<T extends string>(
  params: Params,
  name: string,
  choices: readonly T[],
): T | undefined {
  const value = text(params, name);
  if (value === undefined || choices.includes(value as T)) return value as T | undefined;
  throw invalid(`Invalid ${name}: must be one of ${choices.join(", ")}`, { param: name });
}

export function required<T>(value: T | undefined, name: string): T {
  if (value !== undefined) return value;
  throw invalid(`Missing required param: ${name}.`, { code: "parameter_missing", param: name });
}

export function group(params: Params, name: string): Params | undefined {
  const value = params[name];
  if (value === undefined || value === "") return undefined;
  if (typeof value === "object") return value;
  throw invalid(`Invalid object`, { param: name });
}

export function list(params: Params, name: string): string[] | undefined {
  const value = group(params, name);
  return value && Object.keys(value).map((at) => text(value, at) ?? "");
}

const NONE: Metadata = Object.freeze({});

/** At most 50 keys of 40 characters with values of 500 (https://docs.stripe.com/metadata). */
export function metadata(params: Params): Metadata {
  const given = group(params, "metadata");
  if (given === undefined) return NONE;
  const found: Record<string, string> = {};
  let count = 0;
  for (const name in given) {
    const value = text(given, name);
    if (value === undefined) continue;
    if (++count > 50 || name.length > 40 || value.length > 500 || name === "__proto__") {
      throw invalid("Metadata has at most 50 keys of 40 characters with values of 500.", {
        param: `metadata[${name}]`,
      });
    }
    found[name] = value;
  }
  return found;
}

export function shipping(params: Params): Shipping | undefined {
  const given = group(params, "shipping");
  if (given === undefined) return undefined;
  onlyKnown(given, new Set(["name", "phone", "address", "carrier", "tracking_number"]));
  const address: Record<string, string> = {};
  const lines = group(given, "address") ?? {};
  for (const name in lines) address[name] = text(lines, name) ?? "";
  const phone = text(given, "phone");
  return {
    name: required(text(given, "name"), "shipping[name]"),
    address,
    ...(phone && { phone }),
  };
}

/** Whether the one type that the sandbox knows was asked for; without it, all of the dashboard's. */
export function cardOnly(params: Params): boolean {
  const types = list(params, "allowed_payment_method_types");
  if (types === undefined) return false;
  if (types.length === 1 && types[0] === "card") return true;
  throw invalid("This sandbox knows the payment method type card only.", {
    param: "allowed_payment_method_types",
  });
}

/** Leaves out what is not set, which `exactOptionalPropertyTypes` asks for. */
export function defined<T extends object>(
  fields: T,
): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const kept: Record<string, unknown> = {};
  for (const name in fields) if (fields[name] !== undefined) kept[name] = fields[name];
  return kept as { [K in keyof T]?: Exclude<T[K], undefined> };
}
