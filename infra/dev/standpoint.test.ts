import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { Surroundings } from "./environment.ts";
import { environmentOf } from "./environment.ts";
import { addressOfAll, planInstances } from "./instances.ts";
import { planPorts } from "./port-plan.ts";
import { services } from "./services.ts";
import { seenFrom } from "./standpoint.ts";

const files = { ca: "ca", cert: "cert", key: "key" };
const known = Object.fromEntries([...services, "gateway"].map((name) => [name, files]));

async function surroundings(instances: number) {
  const ports = await planPorts("fixed", {});
  const all = await planInstances(instances, ports);
  const portsOf = (name: string) =>
    all.filter(({ program }) => program === name).map(({ port }) => port);
  const around = {
    ports,
    certificates: known,
    addresses: Object.fromEntries(services.map((name) => [name, addressOfAll(portsOf(name))])),
    databaseUrls: Object.fromEntries(
      services.map((name) => [name, `postgres://${name}:secret@127.0.0.1:5432/${name}`]),
    ),
    brokers: "127.0.0.1:9094",
    stripe: { STRIPE_API_BASE: "http://127.0.0.1:12111", STRIPE_SECRET_KEY: "sk" },
    given: {},
  } as unknown as Surroundings;
  return { all, around };
}

describe("what a process is told", () => {
  it("is one address of each service where there is one", async () => {
    const { all, around } = await surroundings(1);
    const order = all.find(({ name }) => name === "order");
    assert.ok(order);
    const env = environmentOf(order, await seenFrom(order, all, around, undefined));
    assert.equal(env.PRODUCT_ADDR, "127.0.0.1:50052");
    assert.equal(env.GRPC_PORT, "50053");
    assert.equal(env.METRICS_PORT, "51053");
    assert.equal(all.length, services.length + 1);
  });

  it("is all addresses, each instance with ports of its own, where there are two", async () => {
    const { all, around } = await surroundings(2);
    assert.deepEqual(
      all.filter(({ program }) => program === "order").map(({ name }) => name),
      ["order", "order-2"],
    );
    assert.match(around.addresses.product, /^ipv4:127\.0\.0\.1:50052,127\.0\.0\.1:\d+$/);
    const ports = all.flatMap(({ port, metricsPort, program }) =>
      program === "gateway" ? [port] : [port, metricsPort],
    );
    assert.equal(new Set(ports).size, ports.length);
  });

  it("is where something was put in between, for each pair", async () => {
    const { all, around } = await surroundings(2);
    const payment = all.find(({ name }) => name === "payment-2");
    assert.ok(payment);
    const asked: string[] = [];
    const seen = await seenFrom(payment, all, around, async (from, to) => {
      asked.push(`${from} ${to}`);
      return 20_000 + asked.length;
    });
    const env = environmentOf(payment, seen);
    assert.match(
      env.DATABASE_URL ?? "",
      /^postgres:\/\/payment:secret@127.0.0.1:200\d\d\/payment$/,
    );
    assert.match(env.KAFKA_BROKERS ?? "", /^127.0.0.1:200\d\d$/);
    assert.match(env.STRIPE_API_BASE ?? "", /^http:\/\/127.0.0.1:200\d\d$/);
    assert.match(env.ORDER_ADDR ?? "", /^ipv4:127.0.0.1:200\d\d,127.0.0.1:200\d\d$/);
    assert.ok(asked.includes("payment-2 order-2"));
    assert.equal(new Set(asked).size, asked.length);
  });
});
