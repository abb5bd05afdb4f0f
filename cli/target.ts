// Where a call goes, and as whom.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { PeerCertificate } from "node:tls";
import { ChannelCredentials } from "@grpc/grpc-js";
import { serviceOfCertificate } from "#kit/peer.ts";
import { planPorts } from "../infra/dev/port-plan.ts";
import { root } from "../infra/dev/root.ts";
import { type ServiceName, services } from "../infra/dev/services.ts";
import { WrongUse } from "./wrong-use.ts";

export interface TargetOptions {
  readonly address?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly ca?: string;
  readonly plaintext?: true;
}

/** `service`: by its package, `tradepost.<service>.v1`. */
export async function addressOf(service: string, given: string | undefined): Promise<string> {
  if (given !== undefined) {
    if (!/^(dns:\/\/\/)?[^\s:/,]+:\d{1,5}$/.test(given)) {
      throw new WrongUse(`--address is ${given}: it must be host:port`);
    }
    return given;
  }
  if (!services.includes(service as ServiceName)) {
    throw new WrongUse(`the dev mesh has no service ${service}: name its --address`);
  }
  const ports = await planPorts("fixed", process.env);
  return `127.0.0.1:${ports[service as ServiceName]}`;
}

/** By default as the operator of the dev mesh, who may ask what anybody may. */
export async function credentialsOf(
  service: string,
  { cert, key, ca, plaintext }: TargetOptions,
): Promise<ChannelCredentials> {
  if (plaintext) {
    return ChannelCredentials.createInsecure();
  }
  const given = [cert, key, ca].filter((file) => file !== undefined);
  if (given.length !== 0 && given.length !== 3) {
    throw new WrongUse("--cert, --key and --ca go together");
  }
  const dir = join(process.env.TRADEPOST_DIR || join(root, ".tradepost"), "certs");
  const [authority, secret, certificate] = await Promise.all(
    [
      ca ?? join(dir, "ca.crt"),
      key ?? join(dir, "operator.key"),
      cert ?? join(dir, "operator.crt"),
    ].map(read),
  );
  return ChannelCredentials.createSsl(authority, secret, certificate, {
    checkServerIdentity(_host: string, peer: PeerCertificate) {
      const name = serviceOfCertificate(peer.subjectaltname);
      return name === service
        ? undefined
        : new Error(`this is ${name ?? "nobody"}, not ${service}`);
    },
  });
}

async function read(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch {
    throw new WrongUse(
      `${file} cannot be read: start the mesh with npm start, or name --cert, --key and --ca`,
    );
  }
}
