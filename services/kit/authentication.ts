// How a service that keeps no accounts believes a token: keys and revocations of the user service.
import { UserServiceDefinition } from "#gen/tradepost/user/v1/user.ts";
import type { CheckToken } from "./access.ts";
import { type ClientOf, within } from "./client.ts";
import type { CommonConfig } from "./config.ts";
import { remoteKeys } from "./keys.ts";
import type { Log } from "./log.ts";
import { watchRevocations } from "./revocations.ts";
import { tokenVerifier } from "./tokens.ts";

export interface AuthenticationOptions {
  readonly config: Pick<CommonConfig, "JWT_ISSUER" | "JWT_AUDIENCE">;
  readonly log: Log;
  readonly client: (
    definition: typeof UserServiceDefinition,
  ) => ClientOf<typeof UserServiceDefinition>;
}

/** Ours; the server ends a stream sooner than this. */
const streamMs = 60 * 60_000;

export function checkByUserService({ config, log, client }: AuthenticationOptions): {
  readonly check: CheckToken;
  stop(): void;
} {
  const users = client(UserServiceDefinition);
  const keys = remoteKeys({
    fetch: async () => (await users.getJwks({}, within(undefined, 2_000))).keys,
    log,
  });
  const verify = tokenVerifier({ issuer: config.JWT_ISSUER, audience: config.JWT_AUDIENCE, keys });
  const revocations = watchRevocations({
    watch: (signal) => users.watchRevocations({}, { ...within(undefined, streamMs), signal }),
    log,
  });
  return {
    async check(token) {
      const claims = await verify(token);
      // After the cache of verified tokens, so that the end of a session is heard at once.
      revocations.check(claims);
      return claims;
    },
    stop: revocations.stop,
  };
}
