// The service from its parts.
import { AddressServiceDefinition } from "#gen/tradepost/user/v1/address.ts";
import { UserAdminServiceDefinition } from "#gen/tradepost/user/v1/admin.ts";
import { ApiKeyServiceDefinition } from "#gen/tradepost/user/v1/api_key.ts";
import { CredentialServiceDefinition } from "#gen/tradepost/user/v1/credential.ts";
import { SessionServiceDefinition } from "#gen/tradepost/user/v1/session.ts";
import { UserServiceDefinition } from "#gen/tradepost/user/v1/user.ts";
import type { CheckToken } from "#kit/access.ts";
import { whenThere } from "#kit/patience.ts";
import { watchRevocations } from "#kit/revocations.ts";
import { sealingKey } from "#kit/sealing.ts";
import type { Built, Kit } from "#kit/service.ts";
import { tokenVerifier } from "#kit/tokens.ts";
import { addressService } from "./address-service.ts";
import { adminService } from "./admin-service.ts";
import { apiKeyService } from "./api-key-service.ts";
import type { userShape } from "./config.ts";
import { credentialService } from "./credential-service.ts";
import { housekeeping } from "./housekeeping.ts";
import { openKeyring } from "./keyring.ts";
import { mailAsking } from "./mail-asking.ts";
import { createPasswords } from "./passwords.ts";
import { revocationFeed } from "./revocation-feed.ts";
import { refuseRevoked } from "./revocation-store.ts";
import { seed } from "./seed.ts";
import { userService } from "./service.ts";
import { sessionService } from "./session-service.ts";

export type UserKit = Pick<Kit<typeof userShape>, "config" | "db" | "relay" | "log" | "seed">;

export async function build(kit: UserKit): Promise<Built & { readonly check: CheckToken }> {
  const { config, db, log } = kit;
  const { ACCESS_TOKEN_SECONDS: seconds } = config;
  const encryptionKey = sealingKey(config);
  const passwords = createPasswords();
  const feed = revocationFeed({ db, url: config.DATABASE_URL, log });
  const [keyring] = await Promise.all([
    whenThere(() => openKeyring({ db, tokenSeconds: seconds, encryptionKey }), log),
    feed.start(),
    kit.seed && whenThere(() => seed(db, passwords), log),
  ]);
  kit.relay.wake();

  const names = { issuer: config.JWT_ISSUER, audience: config.JWT_AUDIENCE };
  const issuer = { ...names, seconds, signer: keyring.signer };
  const verify = tokenVerifier({ ...names, keys: keyring });
  const revocations = watchRevocations({ watch: feed.watch, log });
  const deps = { db, passwords, keyring, issuer, verify, feed, wake: kit.relay.wake };
  return {
    rpcs: [
      [UserServiceDefinition, userService(deps)],
      [SessionServiceDefinition, sessionService(deps)],
      [AddressServiceDefinition, addressService(deps)],
      [CredentialServiceDefinition, credentialService(deps)],
      [ApiKeyServiceDefinition, apiKeyService(deps)],
      [UserAdminServiceDefinition, adminService(deps)],
    ],
    async check(token) {
      const claims = await verify(token);
      revocations.check(claims);
      if (revocations.isDeaf) {
        await refuseRevoked(db, claims);
      }
      return claims;
    },
    workers: [
      housekeeping(db, keyring, log),
      mailAsking(db, kit.relay.wake, log),
      {
        start: () => {},
        async stop() {
          revocations.stop();
          await feed.stop();
        },
      },
    ],
  };
}
