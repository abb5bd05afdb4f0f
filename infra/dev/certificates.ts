// The mesh's own certificate authority for development, a certificate for each service, by which
// it is known to the others, and one for the operator's grpcurl.
import { X509Certificate } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Pem } from "./certificate-authority.ts";

export interface CertificateFiles {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

const RENEW_BEFORE_MS = 30 * 86_400_000;

/** Files in `dir` for each name; made when missing, again when less than a month is left. */
export async function ensureCertificates<Name extends string>(
  dir: string,
  names: readonly Name[],
  now: Date = new Date(),
): Promise<Record<Name, CertificateFiles>> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const authority = await ensureAuthority(dir, now);
  const issuer = new X509Certificate(authority.cert);
  const files = await Promise.all(
    names.map(async (name) => {
      const known = await read(dir, name, now);
      if (!known || !new X509Certificate(known.cert).verify(issuer.publicKey)) {
        const { makeCertificate } = await import("./certificate-authority.ts");
        await save(dir, name, await makeCertificate(name, authority, now));
      }
      return [name, filesOf(dir, name)] as const;
    }),
  );
  return Object.fromEntries(files) as Record<Name, CertificateFiles>;
}

async function ensureAuthority(dir: string, now: Date): Promise<Pem> {
  const known = await read(dir, "ca", now);
  if (known) {
    return known;
  }
  const { makeAuthority } = await import("./certificate-authority.ts");
  const made = await makeAuthority(now);
  await save(dir, "ca", made);
  return made;
}

function filesOf(dir: string, name: string): CertificateFiles {
  return {
    ca: join(dir, "ca.crt"),
    cert: join(dir, `${name}.crt`),
    key: join(dir, `${name}.key`),
  };
}

/** Undefined when it is missing, unreadable or near its end. */
async function read(dir: string, name: string, now: Date): Promise<Pem | undefined> {
  const files = filesOf(dir, name);
  try {
    const [cert, key] = await Promise.all([
      readFile(files.cert, "utf8"),
      readFile(files.key, "utf8"),
    ]);
    const renewAt = Date.parse(new X509Certificate(cert).validTo) - RENEW_BEFORE_MS;
    return now.getTime() < renewAt ? { cert, key } : undefined;
  } catch {
    return undefined;
  }
}

/** The certificate goes first and comes last: with it there, the key that fits it is there too. */
async function save(dir: string, name: string, { cert, key }: Pem): Promise<void> {
  const files = filesOf(dir, name);
  await rm(files.cert, { force: true });
  await write(files.key, key);
  await write(files.cert, cert);
}

async function write(file: string, text: string): Promise<void> {
  await writeFile(`${file}.new`, text, { mode: 0o600 });
  await rename(`${file}.new`, file);
}
