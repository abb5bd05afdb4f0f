import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, createServer } from "node:tls";
import { after, before, describe, it } from "mocha";
import { type CertificateFiles, ensureCertificates } from "./certificates.ts";

const YEAR_MS = 365 * 86_400_000;

describe("the mesh's certificates", () => {
  let dir: string;
  let files: Record<"order" | "payment", CertificateFiles>;

  before(async () => {
    dir = await mkdtemp(join(tmpdir(), "tradepost-certs-"));
    files = await ensureCertificates(dir, ["order", "payment"]);
  });

  after(() => rm(dir, { recursive: true }));

  it("name the service, and only its owner reads the keys", async () => {
    const order = new X509Certificate(await readFile(files.order.cert));
    assert.equal(
      order.subjectAltName,
      "URI:spiffe://tradepost/order, DNS:localhost, IP Address:127.0.0.1",
    );
    assert.equal((await stat(files.order.key)).mode & 0o777, 0o600);
    assert.equal((await stat(join(dir, "ca.key"))).mode & 0o777, 0o600);
  });

  it("let two services trust each other", async () => {
    assert.equal(await peerOf(files.order, files.payment), "URI:spiffe://tradepost/order");
  });

  it("are made once, and again when their end is near", async () => {
    const first = await readFile(files.order.cert, "utf8");
    await ensureCertificates(dir, ["order", "payment"]);
    assert.equal(await readFile(files.order.cert, "utf8"), first);
    const later = new Date(Date.now() + YEAR_MS - 86_400_000);
    const renewed = await ensureCertificates(dir, ["order", "payment"], later);
    assert.notEqual(await readFile(files.order.cert, "utf8"), first);
    const [ca, order] = await Promise.all([renewed.order.ca, renewed.order.cert].map(read));
    assert.ok(ca && order?.verify(ca.publicKey));
  });
});

async function read(file: string): Promise<X509Certificate> {
  return new X509Certificate(await readFile(file));
}

async function secretsOf({ ca, cert, key }: CertificateFiles) {
  const [caPem, certPem, keyPem] = await Promise.all([ca, cert, key].map((f) => readFile(f)));
  return { ca: caPem, cert: certPem, key: keyPem };
}

/** The first name by which the server knows its client. */
async function peerOf(client: CertificateFiles, server: CertificateFiles): Promise<string> {
  const options = { ...(await secretsOf(server)), requestCert: true, rejectUnauthorized: true };
  const listener = createServer(options);
  try {
    return await new Promise<string>((resolve, reject) => {
      listener.once("tlsClientError", reject);
      listener.once("secureConnection", (socket) => {
        resolve(socket.getPeerCertificate().subjectaltname?.split(", ")[0] ?? "");
        socket.destroy();
      });
      listener.listen(0, "127.0.0.1", async () => {
        const { port } = listener.address() as { port: number };
        const socket = connect({ port, host: "127.0.0.1", ...(await secretsOf(client)) });
        socket.on("error", reject);
      });
    });
  } finally {
    listener.close();
  }
}
