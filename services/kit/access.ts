// Who may call: the option `access` of the contract, checked before anything else of the request.
import { type Caller, nobody } from "./call.ts";
import type { AccessRule } from "./descriptors.ts";
import { Fault } from "./errors.ts";
import type { Claims } from "./tokens.ts";

export interface Credentials {
  /** `Bearer …`, as it came. */
  readonly authorization: string | undefined;
  /** The peer by its certificate. */
  readonly service: string | undefined;
}

/** Says what a token says, or throws why it is not to be believed. */
export type CheckToken = (token: string) => Promise<Claims>;

/**
 * Credentials first (401), then access (403). An rpc without a rule is refused to everybody.
 * On a public rpc a token that is no longer good counts as none: one signs in with it in hand.
 */
export async function admit(
  rpc: string,
  rule: AccessRule | undefined,
  credentials: Credentials,
  check: CheckToken,
): Promise<Caller> {
  const { authorization, service } = credentials;
  if (rule?.public) {
    return callerOf(await claimsOf(authorization, check).catch(noOne), service);
  }
  const claims = await claimsOf(authorization, check);
  if (!rule) {
    throw new Fault("ROLE_REQUIRED", `${rpc} may be called by nobody`);
  }
  if (service !== undefined && rule.services.includes(service)) {
    return callerOf(claims, service);
  }
  const isForPeople = rule.signedIn || rule.owner || rule.roles.length > 0;
  if (!claims && (isForPeople || service === undefined)) {
    throw new Fault("MISSING_CREDENTIALS", `${rpc} needs credentials`);
  }
  if (!claims || !isForPeople) {
    throw new Fault("ROLE_REQUIRED", `${rpc} is not for ${service ?? "people"}`);
  }
  if (!(rule.signedIn || rule.owner || claims.roles.some((role) => rule.roles.includes(role)))) {
    throw new Fault("ROLE_REQUIRED", `${rpc} needs one of ${rule.roles.join(", ")}`);
  }
  checkScopes(rpc, rule.scopes, claims.scopes);
  return callerOf(claims, service);
}

function noOne(error: unknown): undefined {
  if (!(error instanceof Fault)) {
    throw error;
  }
  return undefined;
}

const bearer = /^Bearer +([A-Za-z0-9._~+/-]+=*)$/i;

async function claimsOf(
  authorization: string | undefined,
  check: CheckToken,
): Promise<Claims | undefined> {
  if (authorization === undefined) {
    return undefined;
  }
  const [, token] = bearer.exec(authorization) ?? [];
  if (token === undefined) {
    throw new Fault("INVALID_TOKEN", "the credentials are not a bearer token");
  }
  return check(token);
}

/**
 * A token without scopes is its person's own and may do all that the person may. One that has
 * scopes is an API key's: it may call only rpcs that name scopes, all of which it must have.
 */
function checkScopes(
  rpc: string,
  needed: readonly string[],
  given: readonly string[] | undefined,
): void {
  if (given === undefined) {
    return;
  }
  if (needed.length === 0) {
    throw new Fault("ROLE_REQUIRED", `${rpc} is not for API keys`);
  }
  const missing = needed.filter((scope) => !given.includes(scope));
  if (missing.length > 0) {
    throw new Fault("ROLE_REQUIRED", `${rpc} needs the scope ${missing.join(", ")}`);
  }
}

function callerOf(claims: Claims | undefined, service: string | undefined): Caller {
  const { userId, roles, sessionId } = claims ?? nobody;
  return { userId, roles, sessionId, service };
}
