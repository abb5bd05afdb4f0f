// Search: https://docs.stripe.com/search. Stripe's index is behind by up to a minute, this is not.
import type { Call } from "./call.ts";
import { invalid } from "./errors.ts";
import { renderAll } from "./lists.ts";
import * as read from "./params.ts";

const KNOWN = new Set(["expand", "limit", "query"]);

/** `metadata["order_id"]:"…"`; other clauses Stripe knows and this does not. */
const CLAUSE = /^metadata\[(["'])(\w+)\1\]:(["'])((?:[^"'\\]|\\.)*)\3$/;

/** Newest first, one page. */
export function searchIntents(call: Call): object {
  const { params, store } = call;
  read.onlyKnown(params, KNOWN);
  const query = read.required(read.text(params, "query"), "query");
  const [, , name = "", , value = ""] = CLAUSE.exec(query) ?? [];
  if (name === "") {
    throw invalid(`We were unable to parse your search query: ${query}`, { param: "query" });
  }
  const wanted = value.replace(/\\(.)/g, "$1");
  const limit = read.integer(params, "limit") ?? 10;
  const rows = store.tables.payment_intent.rows.filter(({ metadata }) => metadata[name] === wanted);
  const found = rows.reverse();
  return {
    object: "search_result",
    url: "/v1/payment_intents/search",
    data: renderAll(call, "payment_intent", found.slice(0, limit)),
    has_more: found.length > limit,
    next_page: null,
  };
}
