// The only file that knows @peculiar/x509; loaded when a certificate has to be made.
import "reflect-metadata";
import { randomBytes, webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";

export interface Pem {
  readonly cert: string;
  readonly key: string;
}

type Key = webcrypto.CryptoKey;

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const LIFETIME_MS = 365 * 86_400_000;

x509.cryptoProvider.set(webcrypto);

/** A certificate that may only sign others. */
export async function makeAuthority(now: Date): Promise<Pem> {
  const keys = await makeKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    ...lifetime(now),
    name: "CN=Tradepost development CA",
    keys,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(
        x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign,
        true,
      ),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return toPem(certificate, keys.privateKey);
}

/** A service's, for both ends of a connection. */
export async function makeCertificate(name: string, authority: Pem, now: Date): Promise<Pem> {
  const keys = await makeKeys();
  const issuer = new x509.X509Certificate(authority.cert);
  const certificate = await x509.X509CertificateGenerator.create({
    ...lifetime(now),
    subject: `CN=${name}`,
    issuer: issuer.subject,
    publicKey: keys.publicKey,
    signingKey: await readKey(authority.key),
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([
        x509.ExtendedKeyUsage.serverAuth,
        x509.ExtendedKeyUsage.clientAuth,
      ]),
      new x509.SubjectAlternativeNameExtension([
        { type: "url", value: `spiffe://tradepost/${name}` },
        { type: "dns", value: "localhost" },
        { type: "ip", value: "127.0.0.1" },
      ]),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
    ],
  });
  return toPem(certificate, keys.privateKey);
}

async function makeKeys(): Promise<{ publicKey: Key; privateKey: Key }> {
  return webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
}

function lifetime(now: Date): { serialNumber: string; notBefore: Date; notAfter: Date } {
  return {
    // RFC 5280, 4.1.2.2: positive, at most 20 octets.
    serialNumber: `01${randomBytes(15).toString("hex")}`,
    notBefore: new Date(now.getTime() - 60_000),
    notAfter: new Date(now.getTime() + LIFETIME_MS),
  };
}

async function toPem(certificate: x509.X509Certificate, key: Key): Promise<Pem> {
  const pkcs8 = await webcrypto.subtle.exportKey("pkcs8", key);
  const pem = x509.PemConverter.encode(pkcs8, "PRIVATE KEY");
  return { cert: `${certificate.toString("pem")}\n`, key: `${pem}\n` };
}

async function readKey(pem: string): Promise<Key> {
  const [pkcs8] = x509.PemConverter.decode(pem);
  if (!pkcs8) {
    throw new Error("the development CA's key is not PEM: delete the certificates' folder");
  }
  return webcrypto.subtle.importKey("pkcs8", pkcs8, ALGORITHM, false, ["sign"]);
}
