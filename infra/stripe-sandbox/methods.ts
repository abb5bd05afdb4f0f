// Payment methods: the test ids, each use of which makes a new method, as at Stripe.
import type { Call } from "./call.ts";
import { cardOf, testCard } from "./cards.ts";
import { requireCustomer } from "./customers.ts";
import { ApiError, conflict, invalid, missing } from "./errors.ts";
import { newId, now } from "./ids.ts";
import { onlyKnown, required } from "./params.ts";
import type { Method } from "./records.ts";
import type { Store } from "./store.ts";

/** For a parameter that names a payment method. */
export function resolveMethod(store: Store, name: string): Method {
  if (testCard(name)) return make(store, name);
  const method = store.tables.payment_method.get(name);
  if (method === undefined) throw missing("PaymentMethod", name, "payment_method");
  return method;
}

export function requireMethod(store: Store, id: string): Method {
  const method = store.tables.payment_method.get(id);
  if (method === undefined) throw missing("PaymentMethod", id, "payment_method");
  return method;
}

/** A customer's method is that customer's only, and nobody's once it was detached. */
export function requireOwner(method: Method, customer: string | undefined): void {
  if (method.detached) {
    throw invalid(
      "The provided PaymentMethod was previously used with a PaymentIntent without Customer " +
        "attachment, shared with a connected account without Customer attachment, or was " +
        "detached from a Customer. It may not be used again. To use a PaymentMethod multiple " +
        "times, you must attach it to a Customer first.",
      {},
    );
  }
  if (method.customer === undefined || method.customer === customer) return;
  throw invalid(
    customer === undefined
      ? "The payment method you provided is attached to a customer so for security purposes you " +
          "must provide the customer in the request."
      : `The customer does not have a payment method with the ID ${method.id}. The payment ` +
          "method must be attached to the customer.",
    { param: "payment_method" },
  );
}

export function attachMethod(call: Call): Method {
  const { params, store, cause } = call;
  onlyKnown(params, new Set(["customer", "expand"]));
  const customer = required(requireCustomer(call), "customer");
  const method = testCard(call.id) ? make(store, call.id) : call.row("payment_method");
  if (method.customer === customer) return method;
  requireOwner(method, customer);
  const { decline, setsUp } = cardOf(method.card);
  if (decline && !setsUp) {
    const { code, declineCode, message } = decline;
    const fields = { code, decline_code: declineCode };
    throw new ApiError(402, "card_error", message, fields, { method });
  }
  const attached = store.put("payment_method", { ...method, customer });
  store.emit("payment_method.attached", "payment_method", attached, cause);
  return attached;
}

export function detachMethod(call: Call): Method {
  onlyKnown(call.params, new Set(["expand"]));
  const { customer, ...rest } = call.row("payment_method");
  if (customer === undefined) {
    throw conflict(
      "The payment method you provided is not attached to a customer so detachment is impossible.",
      {},
    );
  }
  const detached = call.store.put("payment_method", { ...rest, detached: true });
  call.store.emit("payment_method.detached", "payment_method", detached, call.cause, { customer });
  return detached;
}

export function retrieveMethod(call: Call): Method {
  return testCard(call.id) ? make(call.store, call.id) : call.row("payment_method");
}

function make(store: Store, card: string): Method {
  return store.put("payment_method", { id: newId("pm_"), created: now(), card });
}
