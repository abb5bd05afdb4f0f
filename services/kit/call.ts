// What a handler knows of the call it answers.
import type { Role } from "#gen/tradepost/policy/v1/policy.ts";

export type RoleName = Exclude<keyof typeof Role, "ROLE_UNSPECIFIED">;

/** Who calls: a person by the token, a service by its certificate, or both. */
export interface Caller {
  /** "" when nobody is signed in. */
  readonly userId: string;
  readonly roles: readonly RoleName[];
  readonly sessionId: string;
  /** The peer by its certificate: "gateway", "order" … */
  readonly service: string | undefined;
}

export interface Call {
  /** `tradepost.order.v1.OrderService/CreateOrder`. */
  readonly rpc: string;
  readonly caller: Caller;
  readonly requestId: string;
  /** W3C trace context, passed on and written into every event. */
  readonly traceparent: string;
  readonly idempotencyKey: string | undefined;
  /** sha256 of the request's bytes as they came; computed when read. */
  readonly requestHash: Buffer;
  readonly signal: AbortSignal;
  readonly deadline: Date | undefined;
  /** A request header that the rpc's option `headers` names. */
  header(name: string): string | undefined;
  /** Tells the caller that the answer is a kept one. */
  markReplayed(): void;
}

/** What handlers get beside their request: `async getOrder({ id }, { call })`. */
export interface CallExtras {
  readonly call: Call;
}

export const nobody: Caller = { userId: "", roles: [], sessionId: "", service: undefined };

/** Whether the caller has one of these roles. */
export function hasRole(caller: Caller, ...roles: readonly RoleName[]): boolean {
  return caller.roles.some((role) => roles.includes(role));
}
