// For tests only: the whole user service behind real gRPC, on a database of its own.
import type { Writable } from "node:stream";
import { pino } from "pino";
import { AddressServiceDefinition } from "#gen/tradepost/user/v1/address.ts";
import { UserAdminServiceDefinition } from "#gen/tradepost/user/v1/admin.ts";
import { ApiKeyServiceDefinition } from "#gen/tradepost/user/v1/api_key.ts";
import { CredentialServiceDefinition } from "#gen/tradepost/user/v1/credential.ts";
import { SessionServiceDefinition } from "#gen/tradepost/user/v1/session.ts";
import { type LoginResponse, UserServiceDefinition } from "#gen/tradepost/user/v1/user.ts";
import { readConfig, serviceShape } from "#kit/config.ts";
import { type Log, silent } from "#kit/log.ts";
import { type As, type TestClient, testDatabase, testService } from "#kit/testing.ts";
import { build } from "./build.ts";
import { userShape } from "./config.ts";

export const password = "violet-anchor-92";

export type Users = TestClient<typeof UserServiceDefinition>;

export async function startUsers({
  logTo,
  seed = false,
}: {
  logTo?: Writable;
  seed?: boolean;
} = {}) {
  const { db, url, drop } = await testDatabase("user");
  const log: Log = logTo ? pino({ level: "trace" }, logTo) : silent;
  const config = readConfig(
    { ...serviceShape, ...userShape },
    { DATABASE_URL: url, PROFILE: "test" },
  );
  const relay = { wake: () => {}, stop: async () => {} };
  const built = await build({ config, db, relay, log, seed });
  for (const worker of built.workers ?? []) {
    await worker.start();
  }
  const service = await testService("user", { ...built, log });
  let count = 0;

  const client = (as?: As): Users => service.client(UserServiceDefinition, as);
  const users = client();
  return {
    db,
    config,
    users,
    addresses: service.client(AddressServiceDefinition),
    admin: service.client(UserAdminServiceDefinition),
    apiKeys: service.client(ApiKeyServiceDefinition),
    credentials: service.client(CredentialServiceDefinition),
    sessions: service.client(SessionServiceDefinition),
    client,
    /** A new person who has signed in. */
    async person(): Promise<LoginResponse & { readonly email: string; readonly as: As }> {
      const email = `person-${++count}@example.com`;
      await users.register({ email, password, fullName: `Person ${count}` });
      const session = await users.login({ email, password });
      return { ...session, email, as: { token: session.accessToken } };
    },
    async stop(): Promise<void> {
      await service.stop();
      for (const worker of built.workers ?? []) {
        await worker.stop();
      }
      await drop();
    },
  };
}

export type StartedUsers = Awaited<ReturnType<typeof startUsers>>;
