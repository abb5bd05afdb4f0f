// For tests only: a service's rpcs behind real gRPC on a free port, and tokens that it believes.
import { generateKeyPairSync, randomUUID } from "node:crypto";
import { type JWK, SignJWT } from "jose";
import type { Client as NiceClient } from "nice-grpc";
import type { RoleName } from "./call.ts";
import { clientOf, type Within, within } from "./client.ts";
import { localKeys } from "./keys.ts";
import { silent } from "./log.ts";
import { createMetrics } from "./metrics.ts";
import { serviceKey } from "./peer.ts";
import { type Definition, type RpcServerOptions, type Rpcs, startRpcServer } from "./rpc.ts";
import { serverCredentials } from "./tls.ts";
import { tokenVerifier } from "./tokens.ts";

export { type TestDatabase, testDatabase } from "./testing-database.ts";

const issuer = "https://tradepost.test";
const audience = "tradepost";
const kid = "test";
const pair = generateKeyPairSync("ed25519");

/** The public key of `tokenFor`'s tokens. */
const testJwk: JWK = { ...pair.publicKey.export({ format: "jwk" }), kid };

/** Believes the tokens of `tokenFor`. */
export const testVerifier = tokenVerifier({ issuer, audience, keys: localKeys(() => [testJwk]) });

export interface TokenOptions {
  readonly userId: string;
  /** Absent: CUSTOMER. */
  readonly roles?: readonly RoleName[];
  readonly scopes?: readonly string[];
  readonly sessionId?: string;
}

export function tokenFor(options: TokenOptions): Promise<string> {
  const { userId, roles = ["CUSTOMER"], scopes, sessionId = `session-of-${userId}` } = options;
  return new SignJWT({ sid: sessionId, roles, ...(scopes && { scopes }) })
    .setProtectedHeader({ alg: "EdDSA", typ: "at+jwt", kid })
    .setIssuer(issuer)
    .setAudience(audience)
    .setSubject(userId)
    .setJti(randomUUID())
    .setIssuedAt()
    .setExpirationTime("5m")
    .sign(pair.privateKey);
}

/** On whose behalf a test calls; nothing: the gateway for nobody. */
export interface As {
  readonly token?: string;
  /** The calling service; "" for one that does not say. */
  readonly service?: string;
  readonly idempotencyKey?: string;
  /** More metadata: what option `headers` names, a request id. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** Each call may say otherwise on whose behalf it is. */
export type TestClient<D extends Definition> = {
  [M in keyof NiceClient<D>]: NiceClient<D>[M] extends (
    request: infer Request,
    options?: infer _Options,
  ) => infer Answer
    ? (request: Request, as?: As) => Answer
    : never;
};

export interface TestService {
  readonly port: number;
  readonly address: string;
  client<D extends Definition>(definition: D, as?: As): TestClient<D>;
  stop(): Promise<void>;
}

export type TestServiceOptions = { readonly rpcs: readonly Rpcs[] } & Partial<
  Omit<RpcServerOptions, "rpcs" | "host">
>;

/** `built` is what a service's `build` answers; more of it is taken where a test gives it. */
export async function testService(name: string, built: TestServiceOptions): Promise<TestService> {
  const { rpcs, open, port, credentials, isPlaintext, check, metrics, log, limits, files } = built;
  const server = await startRpcServer({
    rpcs,
    ...(open && { open }),
    ...(limits && { limits }),
    ...(files && { files }),
    host: "127.0.0.1",
    port: port ?? 0,
    credentials: credentials ?? serverCredentials(undefined),
    isPlaintext: isPlaintext ?? true,
    check: check ?? testVerifier,
    metrics: metrics ?? createMetrics(name),
    log: log ?? silent,
  });
  const address = `127.0.0.1:${server.port}`;
  const closing: (() => void)[] = [];
  return {
    port: server.port,
    address,
    client(definition, as = {}) {
      const { client, close } = testClient(definition, address, as);
      closing.push(close);
      return client;
    },
    async stop() {
      for (const close of closing) {
        close();
      }
      await server.stop(1_000);
    },
  };
}

function testClient<D extends Definition>(definition: D, address: string, byDefault: As) {
  const client = clientOf(definition, { address, tls: undefined, service: "" });
  const methods = Object.keys(definition.methods).map((name) => {
    const method = Reflect.get(client, name) as (request: object, within: Within) => unknown;
    return [name, (request: object, as?: As) => method(request, onBehalf({ ...byDefault, ...as }))];
  });
  return { client: Object.fromEntries(methods) as TestClient<D>, close: () => client.close() };
}

function onBehalf(as: As): Within {
  const {
    token,
    service = "gateway",
    idempotencyKey,
    headers = {},
    timeoutMs = 5_000,
    signal,
  } = as;
  const limits = within(undefined, timeoutMs, idempotencyKey ? { idempotencyKey } : {});
  if (token) {
    limits.metadata.set("authorization", `Bearer ${token}`);
  }
  if (service) {
    limits.metadata.set(serviceKey, service);
  }
  for (const [name, value] of Object.entries(headers)) {
    limits.metadata.set(name, value);
  }
  return { ...limits, signal };
}
