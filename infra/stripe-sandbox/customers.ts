import type { Call } from "./call.ts";
import { missing } from "./errors.ts";
import { newId, now } from "./ids.ts";
import * as read from "./params.ts";
import type { Customer } from "./records.ts";

const CREATE = new Set(["description", "email", "expand", "metadata", "name", "phone"]);

export function createCustomer({ params, store, cause }: Call): Customer {
  read.onlyKnown(params, CREATE);
  const customer = store.put("customer", {
    id: newId("cus_"),
    created: now(),
    metadata: read.metadata(params),
    ...read.defined({
      description: read.text(params, "description"),
      email: read.text(params, "email"),
      name: read.text(params, "name"),
      phone: read.text(params, "phone"),
    }),
  });
  store.emit("customer.created", "customer", customer, cause);
  return customer;
}

/** Its id stays, so that it can be told from one that never was; what it said is gone. */
export function deleteCustomer(call: Call): Customer {
  const { id, created } = call.row("customer");
  const gone = call.store.put("customer", { id, created, metadata: {}, deleted: true });
  call.store.emit("customer.deleted", "customer", gone, call.cause);
  return gone;
}

/** Of the parameter, if there is one. */
export function requireCustomer({ params, store }: Call): string | undefined {
  const id = read.text(params, "customer");
  if (id === undefined) return undefined;
  const customer = store.tables.customer.get(id);
  if (customer === undefined || customer.deleted) throw missing("customer", id, "customer");
  return id;
}
