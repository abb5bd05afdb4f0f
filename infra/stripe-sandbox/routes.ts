// Which requests the sandbox knows. Everything else is Stripe's 404, never a wrong answer.
import { createAccount } from "./accounts.ts";
import { shapeBalance } from "./balance.ts";
import type { Call } from "./call.ts";
import { captureIntent } from "./capturing.ts";
import { createCustomer, deleteCustomer } from "./customers.ts";
import { acceptDispute, updateDispute } from "./disputes.ts";
import { invalid } from "./errors.ts";
import { cancelIntent, confirm, createIntent } from "./intents.ts";
import { listEvents, listOfCustomer, listRecords, retrieveEvent } from "./lists.ts";
import { attachMethod, detachMethod, retrieveMethod } from "./methods.ts";
import { onlyKnown } from "./params.ts";
import { cancelPayout, createPayout } from "./payouts.ts";
import type { Kind, Record_ } from "./records.ts";
import { createRefund } from "./refunds.ts";
import { searchIntents } from "./search.ts";
import { confirmSetup, createSetup } from "./setups.ts";
import { createTransfer, listReversals, reverseTransfer } from "./transfers.ts";

/** Answers with a record (which can be expanded and saved for a key) or with a ready body. */
export type Route =
  | { readonly kind: Kind; readonly record: (call: Call) => Record_ }
  | { readonly body: (call: Call) => object };

/** `:id` is the only variable part. */
const ROUTES: Record<string, Route> = {
  "POST /v1/payment_intents": { kind: "payment_intent", record: createIntent },
  "GET /v1/payment_intents": list("payment_intent", "/v1/payment_intents"),
  "GET /v1/payment_intents/search": { body: searchIntents },
  "GET /v1/payment_intents/:id": retrieve("payment_intent", ["client_secret"]),
  "POST /v1/payment_intents/:id/confirm": { kind: "payment_intent", record: confirm },
  "POST /v1/payment_intents/:id/capture": { kind: "payment_intent", record: captureIntent },
  "POST /v1/payment_intents/:id/cancel": { kind: "payment_intent", record: cancelIntent },
  "GET /v1/charges": list("charge", "/v1/charges"),
  "GET /v1/charges/:id": retrieve("charge"),
  "POST /v1/refunds": { kind: "refund", record: createRefund },
  "GET /v1/refunds": list("refund", "/v1/refunds"),
  "GET /v1/refunds/:id": retrieve("refund"),
  "GET /v1/balance_transactions": list("balance_transaction", "/v1/balance_transactions"),
  "GET /v1/balance_transactions/:id": retrieve("balance_transaction"),
  "GET /v1/payment_methods/:id": { kind: "payment_method", record: retrieveMethod },
  "GET /v1/payment_methods": list("payment_method", "/v1/payment_methods"),
  "POST /v1/payment_methods/:id/attach": { kind: "payment_method", record: attachMethod },
  "POST /v1/payment_methods/:id/detach": { kind: "payment_method", record: detachMethod },
  "GET /v1/customers/:id/payment_methods": { body: listOfCustomer },
  "POST /v1/customers": { kind: "customer", record: createCustomer },
  "GET /v1/customers/:id": retrieve("customer"),
  "DELETE /v1/customers/:id": { kind: "customer", record: deleteCustomer },
  "POST /v1/setup_intents": { kind: "setup_intent", record: createSetup },
  "GET /v1/setup_intents/:id": retrieve("setup_intent", ["client_secret"]),
  "POST /v1/setup_intents/:id/confirm": { kind: "setup_intent", record: confirmSetup },
  "GET /v1/balance": { body: balance },
  "POST /v1/accounts": { kind: "account", record: createAccount },
  "GET /v1/accounts/:id": retrieve("account"),
  "POST /v1/transfers": { kind: "transfer", record: createTransfer },
  "GET /v1/transfers": list("transfer", "/v1/transfers"),
  "GET /v1/transfers/:id": retrieve("transfer"),
  "POST /v1/transfers/:id/reversals": { kind: "transfer_reversal", record: reverseTransfer },
  "GET /v1/transfers/:id/reversals": { body: listReversals },
  "POST /v1/payouts": { kind: "payout", record: createPayout },
  "GET /v1/payouts": list("payout", "/v1/payouts"),
  "GET /v1/payouts/:id": retrieve("payout"),
  "POST /v1/payouts/:id/cancel": { kind: "payout", record: cancelPayout },
  "GET /v1/disputes": list("dispute", "/v1/disputes"),
  "GET /v1/disputes/:id": retrieve("dispute"),
  "POST /v1/disputes/:id": { kind: "dispute", record: updateDispute },
  "POST /v1/disputes/:id/close": { kind: "dispute", record: acceptDispute },
  "GET /v1/events": { body: (call) => listEvents(call, "/v1/events") },
  "GET /v1/events/:id": { body: retrieveEvent },
};

const FIXED = new Map(Object.entries(ROUTES));

export function findRoute(
  method: string,
  path: string,
): { readonly route: Route; readonly id: string } | undefined {
  const fixed = FIXED.get(`${method} ${path}`);
  if (fixed) return { route: fixed, id: "" };
  // /v1/<collection>/<id>[/<verb>]
  const [empty, version, collection, id, verb, ...more] = path.split("/");
  if (empty !== "" || id === undefined || id === "" || id === ":id" || more.length > 0) {
    return undefined;
  }
  const pattern = `${method} /${version}/${collection}/:id${verb === undefined ? "" : `/${verb}`}`;
  const route = FIXED.get(pattern);
  return route && { route, id: decode(id) };
}

function decode(id: string): string {
  try {
    return id.includes("%") ? decodeURIComponent(id) : id;
  } catch {
    throw invalid(`Invalid id: ${id}`, { param: "id" });
  }
}

function retrieve(kind: Kind, more: readonly string[] = []): Route {
  const known = new Set(["expand", ...more]);
  return {
    kind,
    record(call) {
      onlyKnown(call.params, known);
      return call.row(kind);
    },
  };
}

function balance(call: Call): object {
  onlyKnown(call.params, new Set());
  return shapeBalance(call.store);
}

function list(kind: Kind, url: string): Route {
  return { body: (call) => listRecords(call, kind, url) };
}
