/** What its person may do with a webhook endpoint. Pure. */
import { Fault } from "#kit/errors.ts";

export type EventType =
  | "ORDER_CONFIRMED"
  | "ORDER_CANCELLED"
  | "ORDER_SHIPPED"
  | "ORDER_DELIVERED"
  | "ORDER_RETURNED"
  | "PAYMENT_FAILED"
  | "PAYMENT_REFUNDED"
  | "PAYMENT_DISPUTED";

export type DisabledReason = "BY_OWNER" | "GONE" | "FAILING";

/** What its person writes. */
export interface Draft {
  readonly url: string;
  /** Empty: all. */
  readonly eventTypes: readonly EventType[];
  readonly description: string;
}

export interface Endpoint extends Draft {
  readonly id: string;
  readonly userId: string;
  /** Undefined while it is enabled. */
  readonly disabled: { readonly reason: DisabledReason; readonly time: Date } | undefined;
  /** Counts changes. */
  readonly version: bigint;
  readonly createTime: Date;
  readonly updateTime: Date;
}

/** Of one person. */
export const MOST_ENDPOINTS = 10;

/** As whom an endpoint hears: everything, or what concerns one merchant. */
export const EVERYTHING = "*";

export function etagOf({ version }: Pick<Endpoint, "version">): string {
  return version.toString();
}

/** Writes what is new in `changes`. The same values again change nothing. */
export function change(
  endpoint: Endpoint,
  { isEnabled, ...draft }: Partial<Draft> & { readonly isEnabled?: boolean },
  now: Date,
): Endpoint {
  const next = { ...endpoint, ...draft, disabled: disabledAs(endpoint, isEnabled, now) };
  return isSame(next, endpoint)
    ? endpoint
    : { ...next, version: endpoint.version + 1n, updateTime: now };
}

function disabledAs({ disabled }: Endpoint, isEnabled: boolean | undefined, now: Date) {
  if (isEnabled === undefined) {
    return disabled;
  }
  return isEnabled ? undefined : (disabled ?? { reason: "BY_OWNER" as const, time: now });
}

function isSame(one: Endpoint, other: Endpoint): boolean {
  return (
    one.url === other.url &&
    one.description === other.description &&
    one.disabled === other.disabled &&
    one.eventTypes.toSorted().join() === other.eventTypes.toSorted().join()
  );
}

export function stale(id: string): Fault {
  return new Fault("STALE_ETAG", `webhook endpoint ${id} has changed since`);
}

export function tooMany(): Fault {
  return new Fault("LIMIT_REACHED", `nobody may have more than ${MOST_ENDPOINTS}`);
}

export function endpointNotFound(id: string): Fault {
  return new Fault("WEBHOOK_ENDPOINT_NOT_FOUND", `no webhook endpoint ${id}`);
}
