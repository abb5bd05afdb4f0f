// Saves payment methods: what their person asks for, and what Stripe tells of a setup's end.
import { createHash } from "node:crypto";
import type { Call } from "#kit/call.ts";
import type { Db } from "#kit/db.ts";
import { Fault } from "#kit/errors.ts";
import { uuidv7 } from "#kit/uuid.ts";
import { customerOf, storeCustomer } from "./customers.ts";
import type { Setup } from "./method-provider.ts";
import { findMethod, type Method, saveMethod } from "./method-store.ts";
import { type Provider, Refused } from "./provider.ts";

export interface SavingDeps {
  readonly db: Db;
  readonly provider: Provider;
}

/** A method that is saved, or a setup that waits for its person. */
export type Saved = { readonly method: Method } | { readonly setup: Setup };

export async function saveFor(
  { db, provider }: SavingDeps,
  userId: string,
  paymentMethod: string | undefined,
  call: Call,
): Promise<Saved> {
  const known = paymentMethod === undefined ? undefined : await findMethod(db, paymentMethod);
  if (known) {
    return { method: ownMethod(known, userId) };
  }
  const customerId =
    (await customerOf(db, userId)) ??
    (await storeCustomer(db, userId, await provider.createCustomer(userId, `${userId}/customer`)));
  const setup = await provider
    .createSetup({ userId, customerId, paymentMethod }, setupKey(userId, call))
    .catch((error: unknown) => {
      throw error instanceof Refused ? refused(error) : error;
    });
  if (!setup.method) {
    return { setup };
  }
  await saveMethod(db, customerId, setup.method);
  const method = await findMethod(db, setup.method.id);
  return { method: ownMethod(method, userId) };
}

/** Records a setup that was completed in the browser; the event is only a reason to look. */
export async function hearSetup(
  { db, provider }: SavingDeps,
  setupId: string,
  heard: { readonly eventId: string; readonly type: string },
): Promise<void> {
  const setup = await provider.readSetup(setupId).catch((error: unknown) => {
    if (error instanceof Refused) {
      return undefined;
    }
    throw error;
  });
  if (setup?.method) {
    await saveMethod(db, setup.customerId, setup.method, heard);
  }
}

/** Somebody else's, and one that was forgotten, is none. */
export function ownMethod(method: Method | undefined, userId: string): Method {
  if (!method || method.userId !== userId || method.isDeleted) {
    throw new Fault("PAYMENT_METHOD_NOT_FOUND", "there is no such payment method");
  }
  return method;
}

/** The same caller's same key is the same wish, to Stripe as well. */
function setupKey(userId: string, { idempotencyKey }: Call): string {
  const words = idempotencyKey ?? uuidv7();
  return `${userId}/setup/${createHash("sha256").update(words).digest("hex").slice(0, 32)}`;
}

function refused({ code }: Refused): Fault {
  return code === "resource_missing"
    ? new Fault("PAYMENT_METHOD_NOT_FOUND", "there is no such payment method")
    : new Fault("PAYMENT_DECLINED", `the payment method was declined: ${code}`, {
        metadata: { declineCode: code },
      });
}
