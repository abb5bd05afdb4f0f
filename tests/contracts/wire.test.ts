import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { PeerCertificate } from "node:tls";
import {
  ChannelCredentials,
  Client,
  loadPackageDefinition,
  Metadata,
  type ServiceError,
  status,
} from "@grpc/grpc-js";
import { load, loadFileDescriptorSetFromBuffer, type ServiceDefinition } from "@grpc/proto-loader";
import { after, before, describe, it } from "mocha";
import { descriptors } from "#gen/descriptors.ts";
import { methodOf, methodOptions } from "#kit/descriptors.ts";
import type { CertificateFiles } from "../../infra/dev/certificates.ts";
import type { Mesh } from "../../infra/dev/mesh.ts";
import { root } from "../../infra/dev/root.ts";
import { type ServiceName, services } from "../../infra/dev/services.ts";
import { theMesh } from "../e2e/mesh.ts";

// biome-ignore lint/suspicious/noExplicitAny: this client sees no type, only descriptors
type Untyped = any;

describe("a client that sees only the descriptor set", function () {
  this.timeout(90_000);
  const contracts = loadFileDescriptorSetFromBuffer(Buffer.from(descriptors, "base64"), {
    longs: String,
    enums: String,
    defaults: true,
  });
  const packages = loadPackageDefinition(contracts) as Untyped;
  const found = Object.entries(contracts).filter(([, one]) => !("format" in one));
  const names = found.map(([name]) => name);
  const ofPackage = (service: ServiceName) =>
    names.filter((name) => name.startsWith(`tradepost.${service}.`));
  const clients: Client[] = [];
  let mesh: Mesh;
  let admin: Metadata;
  before(async () => {
    const { mesh: started, api } = await theMesh();
    mesh = started;
    const { body } = await api.post("/api/v1/auth/login", {
      email: "admin@tradepost.dev",
      password: "tradepost-demo-1",
    });
    admin = new Metadata();
    admin.set("authorization", `Bearer ${body.accessToken}`);
  });
  after(() => {
    for (const client of clients) {
      client.close();
    }
  });

  async function open<C extends Client>(
    Constructor: new (address: string, credentials: ChannelCredentials, options: object) => C,
    service: ServiceName,
    as: "gateway" | "operator",
  ): Promise<C> {
    const credentials = await credentialsOf(mesh.certificates[as], service);
    const client = new Constructor(mesh.addresses[service], credentials, nameless);
    clients.push(client);
    return client;
  }

  it("finds every service of the mesh in it", () => {
    const ofEach = services.map((service) => ofPackage(service));
    assert.deepEqual(
      ofEach.filter(({ length }) => length === 0),
      [],
    );
    assert.deepEqual(names.toSorted(), [...ofEach.flat(), servedByAll].toSorted());
  });

  it("calls them", async () => {
    const product = await open(packages.tradepost.product.v1.ProductService, "product", "operator");
    const answer = await unary(product as Untyped, "GetProduct", { id: "prod-001" });
    assert.equal(answer.product.id, "prod-001");
    assert.equal(answer.product.price.currency_code, "USD");
    const order = await open(packages.tradepost.order.v1.OrderService, "order", "gateway");
    const { orders } = await unary(order as Untyped, "ListOrders", { page_size: 1 }, admin);
    assert.ok(Array.isArray(orders));
    await assert.rejects(unary(order as Untyped, "ListOrders", {}), {
      code: status.UNAUTHENTICATED,
    });
  });

  it("may not call as the operator what is for services", async () => {
    const product = await open(packages.tradepost.product.v1.ProductService, "product", "operator");
    const call = unary(product as Untyped, "ReserveStock", { order_id: "o1" });
    await assert.rejects(call, { code: status.PERMISSION_DENIED });
  });

  it("finds by reflection what each service serves, and its contract", async () => {
    const reflected = await load(join(root, "tests/contracts/reflection.proto"), {});
    const { ServerReflection } = (loadPackageDefinition(reflected) as Untyped).grpc.reflection.v1;
    for (const service of services) {
      const client = (await open(ServerReflection, service, "operator")) as Untyped;
      const answers: Untyped[] = [];
      const stream = client.ServerReflectionInfo();
      stream.write({ listServices: "*" });
      for (const name of ofPackage(service)) {
        stream.write({ fileContainingSymbol: name });
      }
      stream.end();
      for await (const answer of stream) {
        answers.push(answer);
      }
      const served = answers[0].listServicesResponse.service.map(
        ({ name }: { name: string }) => name,
      );
      const expected = ["grpc.health.v1.Health", ...ofPackage(service), servedByAll];
      assert.deepEqual(served.toSorted(), expected.toSorted());
      assert.equal(answers.length, 1 + ofPackage(service).length);
      for (const answer of answers.slice(1)) {
        assert.ok(answer.fileDescriptorResponse.fileDescriptorProto.length > 0);
      }
    }
  });

  it("is told INVALID_ARGUMENT for bytes that are no message, by every rpc", async () => {
    for (const [name, definition] of found) {
      const service = name === servedByAll ? "user" : (name.split(".")[1] as ServiceName);
      const client = await open(Client, service, "gateway");
      const paths = Object.values(definition as ServiceDefinition).map(({ path }) => path);
      const open_ = paths.filter(isForAdmins);
      assert.ok(open_.length > 0, name);
      for (const path of open_) {
        const error = await malformed(client, path, admin);
        assert.equal(status[error.code], "INVALID_ARGUMENT", `${path}: ${error.details}`);
      }
    }
  });
});

/** No service of its own: each serves it for itself. */
const servedByAll = "tradepost.deadletters.v1.DeadLetterService";

function isForAdmins(path: string): boolean {
  const method = methodOf(path);
  const { access } = method ? methodOptions(method) : {};
  return Boolean(
    access?.public || access?.signedIn || access?.owner || access?.roles.includes("ADMIN"),
  );
}

async function credentialsOf({ ca, cert, key }: CertificateFiles, service: string) {
  const [authority, certificate, secret] = await Promise.all(
    [ca, cert, key].map((f) => readFile(f)),
  );
  return ChannelCredentials.createSsl(authority, secret, certificate, {
    checkServerIdentity: (_host: string, { subjectaltname }: PeerCertificate) =>
      subjectaltname?.includes(`spiffe://tradepost/${service}`)
        ? undefined
        : new Error(`not ${service}: ${subjectaltname}`),
  });
}

/** An address is no name for TLS (RFC 6066). */
const nameless = { "grpc.ssl_target_name_override": "localhost" };

const limits = () => ({ deadline: Date.now() + 5_000 });

function unary(client: Untyped, rpc: string, request: object, metadata = new Metadata()) {
  return new Promise<Untyped>((resolve, reject) => {
    client[rpc](request, metadata, limits(), (error: Error | null, answer: object) =>
      error ? reject(error) : resolve(answer),
    );
  });
}

function malformed(client: Client, path: string, metadata: Metadata): Promise<ServiceError> {
  const same = (bytes: Buffer) => bytes;
  const bytes = Buffer.from([0xff, 0xff, 0xff]);
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(path, same, same, bytes, metadata, limits(), (error) =>
      error ? resolve(error) : reject(new Error(`${path} took it`)),
    );
  });
}
