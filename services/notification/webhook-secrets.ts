/** What webhooks are signed with. */
import { randomBytes } from "node:crypto";
import { Webhook } from "standardwebhooks";
import { seal, unseal } from "#kit/sealing.ts";
import { uuidv7 } from "#kit/uuid.ts";

/** A secret as it is kept. */
export interface KeptSecret {
  readonly id: string;
  readonly secret: string;
  readonly isSealed: boolean;
}

export interface Secrets {
  /** A new one: as its person is told it, once, and as it is kept. */
  make(): { readonly told: string; readonly kept: KeptSecret };
  /** The headers that show a message to be ours, to whoever has one of the secrets. */
  sign(secrets: readonly KeptSecret[], message: Message): Record<string, string>;
}

interface Message {
  readonly id: string;
  /** Of this try. */
  readonly time: Date;
  readonly body: string;
}

/** `key`: seals secrets at rest; undefined leaves them readable in the database. */
export function webhookSecrets(key: Buffer | undefined): Secrets {
  function open({ id, secret, isSealed }: KeptSecret): string {
    if (!isSealed) {
      return secret;
    }
    if (!key) {
      throw new Error(`webhook secret ${id} is sealed, and KEY_ENCRYPTION_KEY is not set`);
    }
    return unseal(key, id, secret);
  }

  return {
    make() {
      const id = uuidv7();
      const told = `whsec_${randomBytes(32).toString("base64")}`;
      const secret = key ? seal(key, id, told) : told;
      return { told, kept: { id, secret, isSealed: key !== undefined } };
    },

    sign(secrets, { id, time, body }) {
      if (secrets.length === 0) {
        throw new Error(`webhook ${id} has no secret to be signed with`);
      }
      const signatures = secrets.map((one) => new Webhook(open(one)).sign(id, time, body));
      return {
        "webhook-id": id,
        "webhook-timestamp": String(Math.floor(time.getTime() / 1_000)),
        "webhook-signature": signatures.join(" "),
      };
    },
  };
}
