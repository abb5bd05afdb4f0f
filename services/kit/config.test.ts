import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { z } from "zod";
import { addressOf, BadConfiguration, readConfig, serviceOf, serviceShape } from "./config.ts";

const enough = {
  PROFILE: "dev",
  DATABASE_URL: "postgresql://order:x@127.0.0.1:54329/tradepost_order",
};

function problemsOf(environment: Record<string, string>): readonly string[] {
  try {
    readConfig({ ...serviceShape, STRIPE_SECRET_KEY: z.string() }, environment);
    return [];
  } catch (error) {
    assert.ok(error instanceof BadConfiguration);
    return error.problems;
  }
}

describe("the configuration", () => {
  it("needs little", () => {
    const config = readConfig(serviceShape, { ...enough, GRPC_PORT: "0", KAFKA_BROKERS: "" });
    assert.deepEqual(
      [config.GRPC_PORT, config.METRICS_PORT, config.KAFKA_BROKERS, config.SEED],
      [0, 51_051, "", undefined],
    );
  });

  it("names every wrong variable at once", () => {
    const problems = problemsOf({
      PROFILE: "staging",
      GRPC_PORT: "70000",
      USER_ADDR: "user",
      KAFKA_BROKERS: "one, two",
    });
    assert.deepEqual(problems.map((problem) => problem.split(":")[0]).toSorted(), [
      "DATABASE_URL",
      "GRPC_PORT",
      "KAFKA_BROKERS",
      "PROFILE",
      "STRIPE_SECRET_KEY",
      "USER_ADDR",
    ]);
  });

  it("never repeats a value, which may be a secret", () => {
    const url = "mysql://order:hunter2@db/order";
    assert.deepEqual(problemsOf({ ...enough, DATABASE_URL: url, STRIPE_SECRET_KEY: "sk" }), [
      "DATABASE_URL: must be a postgresql:// address",
    ]);
  });

  it("takes TLS files only together, and plaintext in production only when told", () => {
    const rest = { ...enough, STRIPE_SECRET_KEY: "sk" };
    assert.deepEqual(problemsOf({ ...rest, TLS_CA: "ca.pem" }), [
      "TLS_CERT: is missing, and the other two TLS files are set",
      "TLS_KEY: is missing, and the other two TLS files are set",
    ]);
    assert.equal(problemsOf({ ...rest, PROFILE: "" }).length, 1);
    assert.deepEqual(problemsOf({ ...rest, PROFILE: "", PLAINTEXT: "allow" }), []);
  });

  it("takes a password for Kafka only with a name, and over TLS", () => {
    const rest = { ...enough, STRIPE_SECRET_KEY: "sk" };
    assert.deepEqual(problemsOf({ ...rest, KAFKA_PASSWORD: "hunter2" }), [
      "KAFKA_USERNAME: is missing, and the other of the two is set",
      "KAFKA_TLS: must be on, where a password or an authority is set",
    ]);
    const signedIn = { KAFKA_USERNAME: "mesh", KAFKA_PASSWORD: "hunter2", KAFKA_TLS: "on" };
    assert.deepEqual(problemsOf({ ...rest, ...signedIn }), []);
  });

  it("knows where a service is", () => {
    const dev = readConfig(serviceShape, enough);
    const told = readConfig(serviceShape, { ...enough, ORDER_ADDR: "dns:///order:50051" });
    const production = { ...enough, PROFILE: "production", PLAINTEXT: "allow" };
    assert.equal(serviceOf("tradepost.order.v1.OrderService"), "order");
    assert.equal(addressOf(dev, "order"), "127.0.0.1:50053");
    assert.equal(addressOf(told, "order"), "dns:///order:50051");
    assert.equal(addressOf(readConfig(serviceShape, production), "order"), "dns:///order:50051");
    const two = "ipv4:127.0.0.1:50053,127.0.0.1:50063";
    const replicated = readConfig(serviceShape, { ...enough, ORDER_ADDR: two });
    assert.equal(addressOf(replicated, "order"), two);
    assert.throws(() => readConfig(serviceShape, { ...enough, ORDER_ADDR: "order:1,order:2" }));
  });
});
