// Payment methods: the test ids, each use of which makes a new method, as at Stripe.
import type { Call } from "./call.ts";
import { testCard } from "./cards.ts";
import { missing } from "./errors.ts";
import { newId, now } from "./ids.ts";
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

export function retrieveMethod(call: Call): Method {
  return testCard(call.id) ? make(call.store, call.id) : call.row("payment_method");
}

function make(store: Store, card: string): Method {
  return store.put("payment_method", { id: newId("pm_"), created: now(), card });
}
