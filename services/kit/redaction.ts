// What may be shown of an event: the one function that leaves `debug_redact` fields out.
import type { DescField, DescMessage, DescMethod } from "@bufbuild/protobuf";
import { registry } from "./descriptors.ts";
import type { Topic } from "./topics.ts";

/** What each topic carries; one without a contract yet is shown to nobody. */
const MESSAGES: Readonly<Record<Topic, string>> = {
  orders: "tradepost.order.v1.OrderEvent",
  payments: "tradepost.payment.v1.PaymentEvent",
  products: "tradepost.product.v1.ProductEvent",
  users: "tradepost.user.v1.UserEvent",
  notifications: "tradepost.notification.v1.NotificationEvent",
  "analytics-results": "tradepost.analytics.v1.WindowEvent",
};

const REDACTED = "[redacted]";

export interface Shown {
  readonly payload: string;
  readonly error: string;
}

/** The same, without what the contract of the topic marks as sensitive. */
export function redacted(topic: Topic, { payload, error }: Shown): Shown {
  const message = registry.getMessage(MESSAGES[topic]);
  if (message && !hasSecrets(message)) {
    return { payload, error };
  }
  // Parsers quote what they stumble at.
  const words = error.replace(/(["']).*\1/s, `$1${REDACTED}$1`);
  const parsed = message && parse(payload);
  return {
    payload: message && parsed ? JSON.stringify(without(message, parsed)) : REDACTED,
    error: words,
  };
}

type JsonObject = { readonly [name: string]: unknown };

function parse(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A name that the contract does not know may be anything, so it is left out too. */
function without(message: DescMessage, object: JsonObject): JsonObject {
  const entries = Object.entries(object).map(([name, value]) => {
    const field = message.fields.find((one) => one.jsonName === name || one.name === name);
    return [name, field && !isSecret(field) ? withoutIn(field, value) : REDACTED];
  });
  return Object.fromEntries(entries);
}

function withoutIn(field: DescField, value: unknown): unknown {
  const { message } = field;
  if (!message || message.typeName.startsWith("google.")) {
    return value;
  }
  const one = (item: unknown) => (isObject(item) ? without(message, item) : REDACTED);
  if (field.fieldKind === "list") {
    return Array.isArray(value) ? value.map(one) : REDACTED;
  }
  if (field.fieldKind === "map" && isObject(value)) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, one(item)]));
  }
  return one(value);
}

function hasSecrets(message: DescMessage, above: ReadonlySet<DescMessage> = new Set()): boolean {
  if (above.has(message)) {
    return false;
  }
  const path = new Set(above).add(message);
  return message.fields.some(
    (field) => isSecret(field) || (field.message && hasSecrets(field.message, path)),
  );
}

/**
 * Whether an rpc takes or answers secrets: a password, a token, a key that is shown once. Nothing
 * is kept of such a call, not even a hash of the request: a password could be searched for in it.
 */
export function carriesSecret({ input, output }: DescMethod): boolean {
  const messages = [input, output];
  const own = messages.flatMap((one) => [
    one,
    ...one.fields.flatMap(({ message }) => message ?? []),
  ]);
  return own.some(({ fields }) => fields.some(isSecret));
}

function isSecret(field: DescField): boolean {
  return field.proto.options?.debugRedact ?? false;
}
