// Mutual TLS: every service has a certificate with the name spiffe://tradepost/<service>.
import { accessSync, constants } from "node:fs";
import type { PeerCertificate } from "node:tls";
import { ChannelCredentials, experimental, ServerCredentials } from "@grpc/grpc-js";
import type { CommonConfig } from "./config.ts";
import { BadConfiguration } from "./config.ts";
import { serviceOfCertificate } from "./peer.ts";

/** PEM files; re-read each minute, so that a new certificate needs no restart. */
export interface TlsFiles {
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
}

const refreshIntervalMs = 60_000;

/** The files that the configuration names, or none: plaintext. */
export function tlsFiles(
  config: Pick<CommonConfig, "TLS_CA" | "TLS_CERT" | "TLS_KEY">,
): TlsFiles | undefined {
  const { TLS_CA: ca, TLS_CERT: certificate, TLS_KEY: key } = config;
  if (!ca || !certificate || !key) {
    return undefined;
  }
  const files = { TLS_CA: ca, TLS_CERT: certificate, TLS_KEY: key };
  const problems = Object.entries(files).flatMap(([name, file]) =>
    isReadable(file) ? [] : [`${name}: ${file} cannot be read`],
  );
  if (problems.length > 0) {
    throw new BadConfiguration(problems);
  }
  return { ca, certificate, key };
}

function isReadable(file: string): boolean {
  try {
    accessSync(file, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

/** A caller without a certificate of our authority gets no connection. */
export function serverCredentials(tls: TlsFiles | undefined): ServerCredentials {
  if (!tls) {
    return ServerCredentials.createInsecure();
  }
  const files = providerOf(tls);
  return experimental.createCertificateProviderServerCredentials(files, files, true);
}

/** Believes only a server whose certificate names `service`, whatever its address is. */
export function channelCredentials(tls: TlsFiles | undefined, service: string): ChannelCredentials {
  if (!tls) {
    return ChannelCredentials.createInsecure();
  }
  const files = providerOf(tls);
  return experimental.createCertificateProviderChannelCredentials(files, files, {
    checkServerIdentity: (_host: string, certificate: PeerCertificate) => {
      const name = serviceOfCertificate(certificate.subjectaltname);
      return name === service
        ? undefined
        : new Error(`expected spiffe://tradepost/${service}, found ${name ?? "no name"}`);
    },
  });
}

const providers = new Map<
  string,
  InstanceType<typeof experimental.FileWatcherCertificateProvider>
>();

/** One watch of the files serves all connections of the process. */
function providerOf({ ca, certificate, key }: TlsFiles) {
  const name = JSON.stringify([ca, certificate, key]);
  let provider = providers.get(name);
  if (!provider) {
    provider = new experimental.FileWatcherCertificateProvider({
      caCertificateFile: ca,
      certificateFile: certificate,
      privateKeyFile: key,
      refreshIntervalMs,
    });
    providers.set(name, provider);
  }
  return provider;
}
