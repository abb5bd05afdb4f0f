import { type ClientOf, clientOf } from "./client.ts";
import { addressOf, type CommonConfig, serviceOf } from "./config.ts";
import type { Definition } from "./rpc.ts";
import type { TlsFiles } from "./tls.ts";

export interface Clients {
  of<D extends Definition>(definition: D): ClientOf<D>;
  close(): Promise<void>;
}

/** One client for each service that is asked for, at the address that the configuration names. */
export function openClients(
  config: CommonConfig,
  tls: TlsFiles | undefined,
  service: string,
): Clients {
  const made = new Map<string, ClientOf<Definition> & { close(): void }>();
  return {
    of<D extends Definition>(definition: D): ClientOf<D> {
      let client = made.get(definition.fullName);
      if (!client) {
        const address = addressOf(config, serviceOf(definition.fullName));
        client = clientOf(definition, { address, tls, service }) as ClientOf<Definition> & {
          close(): void;
        };
        made.set(definition.fullName, client);
      }
      return client as unknown as ClientOf<D>;
    },
    async close() {
      for (const client of made.values()) {
        client.close();
      }
    },
  };
}
