// Stripe's request bodies: form-encoded, nested by brackets (`metadata[order_id]=…`, `expand[0]=…`).
import { invalid } from "./errors.ts";

/** Has no prototype, so no key of a request can reach one. Lists are objects with number keys. */
export interface Params {
  [key: string]: string | Params;
}

// Stripe's own limit is not documented; deeper than this nothing in its API goes.
const MAX_DEPTH = 6;

export function parseForm(text: string): Params {
  const params: Params = Object.create(null);
  if (text === "") return params;
  for (const pair of text.split("&")) {
    const at = pair.indexOf("=");
    const key = decode(at < 0 ? pair : pair.slice(0, at));
    const value = at < 0 ? "" : decode(pair.slice(at + 1));
    const bracket = key.indexOf("[");
    if (bracket < 0) params[key] = value;
    else nest(params, key, bracket, value);
  }
  return params;
}

function nest(params: Params, key: string, bracket: number, value: string): void {
  const path = key.slice(bracket + 1, -1).split("][");
  if (bracket === 0 || !key.endsWith("]") || path.length > MAX_DEPTH) {
    throw invalid(`Invalid parameter name: ${key}`, { code: "parameter_unknown", param: key });
  }
  let at = params;
  let name = key.slice(0, bracket);
  for (const part of path) {
    let inner = at[name];
    if (typeof inner !== "object") {
      inner = Object.create(null) as Params;
      at[name] = inner;
    }
    at = inner;
    name = part === "" ? String(Object.keys(at).length) : part;
  }
  at[name] = value;
}

function decode(text: string): string {
  if (!text.includes("%") && !text.includes("+")) return text;
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    throw invalid("The request body is not valid application/x-www-form-urlencoded.", {});
  }
}
