/** The words of webhooks as the contract's messages, and back. */
import {
  WebhookDelivery_Error as DeliveryError,
  WebhookDelivery_Status as DeliveryStatus,
  WebhookEndpoint_DisabledReason as Reason,
  WebhookEndpoint_EventType as Type,
  type WebhookDelivery,
  type WebhookEndpoint,
  type WebhookEndpointChanges,
} from "#gen/tradepost/notification/v1/webhook_endpoint.ts";
import { invalidField } from "#kit/errors.ts";
import type { Delivery, DeliveryState } from "./webhook-delivery-store.ts";
import {
  type DisabledReason,
  type Draft,
  type Endpoint,
  type EventType,
  etagOf,
} from "./webhook-endpoint.ts";
import type { PostError } from "./webhook-post.ts";

const TYPE = {
  ORDER_CONFIRMED: Type.ORDER_CONFIRMED,
  ORDER_CANCELLED: Type.ORDER_CANCELLED,
  ORDER_SHIPPED: Type.ORDER_SHIPPED,
  ORDER_DELIVERED: Type.ORDER_DELIVERED,
  ORDER_RETURNED: Type.ORDER_RETURNED,
  PAYMENT_FAILED: Type.PAYMENT_FAILED,
  PAYMENT_REFUNDED: Type.PAYMENT_REFUNDED,
  PAYMENT_DISPUTED: Type.PAYMENT_DISPUTED,
} satisfies Record<EventType, Type>;

const REASON = {
  BY_OWNER: Reason.BY_OWNER,
  GONE: Reason.GONE,
  FAILING: Reason.FAILING,
} satisfies Record<DisabledReason, Reason>;

const STATUS = {
  PENDING: DeliveryStatus.PENDING,
  SUCCEEDED: DeliveryStatus.SUCCEEDED,
  FAILED: DeliveryStatus.FAILED,
} satisfies Record<DeliveryState, DeliveryStatus>;

const ERROR = {
  NO_PUBLIC_ADDRESS: DeliveryError.NO_PUBLIC_ADDRESS,
  CONNECTION_FAILED: DeliveryError.CONNECTION_FAILED,
  TLS_FAILED: DeliveryError.TLS_FAILED,
  TIMED_OUT: DeliveryError.TIMED_OUT,
  ENDPOINT_DISABLED: DeliveryError.ENDPOINT_DISABLED,
} satisfies Record<PostError, DeliveryError>;

/** `secret`: in the answer that made it. */
export function toEndpointMessage(endpoint: Endpoint, secret?: string): WebhookEndpoint {
  const { id, url, eventTypes, description, disabled, createTime, updateTime } = endpoint;
  return {
    id,
    url,
    eventTypes: eventTypes.map((type) => TYPE[type]),
    description,
    enabled: disabled === undefined,
    disabledReason: disabled && REASON[disabled.reason],
    disabledTime: disabled?.time,
    createTime,
    updateTime,
    etag: etagOf(endpoint),
    secret,
  };
}

export function toDeliveryMessage(delivery: Delivery): WebhookDelivery {
  const { eventType, status, attempts, lastStatus, lastError, lastTime, lastMs, nextTime } =
    delivery;
  return {
    id: delivery.id,
    endpointId: delivery.endpointId,
    eventType: TYPE[eventType],
    eventId: delivery.eventId,
    status: STATUS[status],
    attempts,
    lastStatusCode: lastStatus ?? undefined,
    lastError: lastError ? ERROR[lastError] : undefined,
    lastAttemptTime: lastTime ?? undefined,
    lastDurationMs: lastMs ?? undefined,
    nextAttemptTime: nextTime ?? undefined,
    createTime: delivery.createTime,
    updateTime: delivery.updateTime,
    etag: `${attempts}-${status.toLowerCase()}`,
  };
}

export function eventTypesOf(types: readonly Type[]): EventType[] {
  return types.map((type) => nameOf(TYPE, type));
}

export function statesOf(statuses: readonly DeliveryStatus[]): DeliveryState[] {
  return statuses.map((status) => nameOf(STATUS, status));
}

/** The fields that the mask names; without a mask, those that are set. */
export function toChanges(
  { url, eventTypes, description, enabled }: WebhookEndpointChanges,
  mask: readonly string[] = [],
): Partial<Draft> & { readonly isEnabled?: boolean } {
  const paths = mask.includes("*") ? FIELDS : mask;
  const unknown = paths.find((path) => !FIELDS.includes(path));
  if (unknown !== undefined) {
    throw invalidField("updateMask", `${unknown} cannot be changed`, "field_mask");
  }
  const isMeant = (field: string, isSet: boolean) =>
    paths.length > 0 ? paths.includes(field) : isSet;
  return {
    ...(isMeant("url", url !== "") && { url }),
    ...(isMeant("event_types", eventTypes.length > 0) && { eventTypes: eventTypesOf(eventTypes) }),
    ...(isMeant("description", description !== "") && { description }),
    // Cleared, it is as it was at first.
    ...(isMeant("enabled", enabled !== undefined) && { isEnabled: enabled ?? true }),
  };
}

const FIELDS: readonly string[] = ["url", "event_types", "description", "enabled"];

/** Of a number that the contract's rules have let pass. */
function nameOf<Name extends string>(names: Readonly<Record<Name, number>>, value: number): Name {
  return (Object.keys(names) as Name[]).find((name) => names[name] === value) as Name;
}
