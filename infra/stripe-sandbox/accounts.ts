// Connected accounts, as far as a transfer needs one: https://docs.stripe.com/api/accounts
import type { Call } from "./call.ts";
import { newId, now } from "./ids.ts";
import * as read from "./params.ts";
import type { Account } from "./records-money.ts";
import type { Store } from "./store.ts";

const CREATE = new Set([
  "business_type",
  "capabilities",
  "country",
  "default_currency",
  "email",
  "expand",
  "metadata",
  "type",
]);

export function createAccount({ params, store }: Call): Account {
  read.onlyKnown(params, CREATE);
  return makeAccount(store, newId("acct_"), {
    type: read.oneOf(params, "type", ["custom", "express", "standard"]) ?? "standard",
    country: read.text(params, "country") ?? "US",
    metadata: read.metadata(params),
    ...read.defined({ email: read.text(params, "email") }),
  });
}

/** With an id of one's own: a control route's, for who must know the id beforehand. */
export function makeAccount(
  store: Store,
  id: string,
  fields: Partial<Omit<Account, "id" | "created">> = {},
): Account {
  const usual = { type: "express", country: "US", metadata: {} } as const;
  return store.put("account", { id, created: now(), ...usual, ...fields });
}
