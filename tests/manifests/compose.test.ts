import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { before, describe, it } from "mocha";
import { parse } from "yaml";
import { addressOf, readConfig, serviceShape } from "#kit/config.ts";
import { gatewayShape } from "../../gateway/config.ts";
import { root } from "../../infra/dev/root.ts";
import { services } from "../../infra/dev/services.ts";
import { composeShape } from "../../infra/environment/compose-shape.ts";
import { type ProgramName, programs, shapes } from "../../infra/environment/shapes.ts";
import { goTool } from "../../infra/tools/go-tool.ts";
import { databaseOf } from "./code.ts";
import { COMPOSE } from "./tools.ts";

interface Service {
  readonly image: string;
  readonly profiles: readonly string[];
  readonly read_only: boolean;
  readonly cap_drop: readonly string[];
  readonly security_opt: readonly string[];
  readonly healthcheck?: { readonly test?: unknown; readonly disable?: boolean };
  readonly environment?: Readonly<Record<string, string | number>>;
  readonly ports?: readonly string[];
}

/** What Compose's own network makes needless: one port each, no certificates, no kubelet, no replica. */
const notNeeded = /^(HOST|(GRPC|METRICS|HTTP|HEALTH)_PORT|TLS_(CA|CERT|KEY)|DATABASE_REPLICA_URL)$/;

const given = {
  POSTGRES_PASSWORD: "sample-password",
  STRIPE_SECRET_KEY: "sk_test_sample",
  STRIPE_WEBHOOK_SECRET: "whsec_sample",
};

describe("docker-compose.yml", () => {
  let file: { readonly services: Readonly<Record<string, Service>> };
  before(async () => {
    const text = await readFile(join(root, "docker-compose.yml"), "utf8");
    file = parse(text, { merge: true });
  });

  /** As Compose fills it in, with `variables` and nothing else set. */
  function filledIn(name: string, variables: Readonly<Record<string, string>>) {
    const environment = Object.entries(file.services[name]?.environment ?? {});
    const fill = (_: string, variable: string, isEmptySet: string, standard?: string) => {
      const value = variables[variable];
      return value === undefined || (value === "" && isEmptySet) ? (standard ?? "") : value;
    };
    const pattern = /\$\{(\w+)(?:(:?)[-?]([^}]*))?\}/g;
    return Object.fromEntries(
      environment.map(([key, value]) => [key, String(value).replace(pattern, fill)]),
    );
  }

  for (const name of programs) {
    it(`hands ${name} every variable of its schema, and it starts with what is set`, () => {
      const { SERVICE, ...environment } = filledIn(name, given);
      assert.equal(SERVICE, name);
      const wanted = Object.keys(shapes[name]).filter((key) => !notNeeded.test(key));
      assert.deepEqual(Object.keys(environment).toSorted(), wanted.toSorted());
      const config = readConfig(shapes[name], environment);
      const port = serviceShape.GRPC_PORT.parse(undefined);
      for (const service of services) {
        assert.equal(addressOf(config as never, service), `dns:///${service}:${port}`);
        assert.ok(service in file.services);
      }
      if (name !== "gateway") {
        const own = databaseOf(name);
        const url = `postgresql://${own}:${given.POSTGRES_PASSWORD}@postgres:5432/${own}`;
        assert.equal(environment.DATABASE_URL, url);
      }
    });
  }

  it("takes nothing from .env that the schemas do not know", async () => {
    const text = await readFile(join(root, "docker-compose.yml"), "utf8");
    const known = new Set([
      ...programs.flatMap((name: ProgramName) => Object.keys(shapes[name])),
      ...Object.keys(composeShape),
    ]);
    const used = [...text.matchAll(/\$\{(\w+)/g)].map(([, variable = ""]) => variable);
    assert.deepEqual(
      used.filter((variable) => !known.has(variable)),
      [],
    );
  });

  it("makes a database of its own for each service, into which no other may", async () => {
    const script = await readFile(join(root, "infra/postgres/databases.sh"), "utf8");
    assert.match(script, new RegExp(`for service in ${services.join(" ")}; do`));
    assert.match(script, /revoke connect, temporary on database \$name from public;/);
  });

  it("holds every container back: nothing to write to, no rights, and asked whether it is well", () => {
    for (const [name, service] of Object.entries(file.services)) {
      assert.equal(service.read_only, true, name);
      assert.deepEqual(service.cap_drop, ["ALL"], name);
      assert.deepEqual(service.security_opt, ["no-new-privileges:true"], name);
      const isOnce = name === "topics";
      assert.equal(service.healthcheck?.test !== undefined && !isOnce, !isOnce, name);
      assert.match(service.image, /:[\w.-]+$/, name);
      assert.doesNotMatch(service.image, /:latest$/, name);
    }
  });

  it("has its pages where the dev mesh and a cluster have them, on this machine alone", () => {
    const ports = Object.entries(file.services).flatMap(([name, service]) =>
      (service.ports ?? []).map((port) => [name, port] as const),
    );
    assert.ok(ports.every(([, port]) => port.startsWith("127.0.0.1:")));
    assert.deepEqual(Object.fromEntries(ports), {
      gateway: `127.0.0.1:\${HTTP_PORT:-${gatewayShape.HTTP_PORT.parse(undefined)}}:8080`,
      "stripe-sandbox": "127.0.0.1:12111:12111",
      mail: "127.0.0.1:8025:8025",
      "kafka-page": "127.0.0.1:8888:8080",
      jaeger: "127.0.0.1:16686:16686",
      prometheus: "127.0.0.1:9090:9090",
      grafana: "127.0.0.1:3000:3000",
    });
  });

  it("is asked by Prometheus at every program's metrics", async () => {
    const text = await readFile(join(root, "infra/observability/prometheus.yml"), "utf8");
    const { scrape_configs: jobs } = parse(text) as {
      scrape_configs: { dns_sd_configs: { port: number; names: string[] }[] }[];
    };
    const asked = jobs.flatMap((job) => job.dns_sd_configs.map(({ port, names }) => [port, names]));
    const metrics = serviceShape.METRICS_PORT.parse(undefined);
    assert.deepEqual(asked, [
      [metrics, [...services]],
      [8080, ["gateway"]],
    ]);
  });

  describe("docker compose config", function () {
    // The first time it is compiled.
    this.timeout(900_000);
    let compose: string;
    before(async () => {
      compose = await goTool(COMPOSE);
    });

    function config(args: readonly string[], variables: Readonly<Record<string, string>>) {
      const { PATH = "", HOME = "" } = process.env;
      const env = { PATH, HOME, ...variables };
      const all = ["--env-file", "/dev/null", ...args];
      return new Promise<{ passes: boolean; out: string; err: string }>((resolve) => {
        execFile(compose, all, { cwd: root, env }, (error, out, err) =>
          resolve({ passes: !error, out, err }),
        );
      });
    }

    const core = [...programs, "kafka", "mail", "postgres", "stripe-sandbox", "topics"];
    const observe = ["grafana", "jaeger", "kafka-page", "prometheus"];
    const profiles = { core, observe, full: [...core, ...observe] };
    for (const [profile, wanted] of Object.entries(profiles)) {
      it(`passes for the profile ${profile}, with its services`, async () => {
        const { passes, out, err } = await config(
          ["--profile", profile, "config", "--services"],
          given,
        );
        assert.ok(passes, err);
        assert.deepEqual(out.trim().split("\n").toSorted(), wanted.toSorted());
      });
    }

    it("says which variable is missing", async () => {
      const { POSTGRES_PASSWORD: _, ...rest } = given;
      const { passes, err } = await config(["--profile", "core", "config", "--quiet"], rest);
      assert.equal(passes, false);
      assert.match(err, /POSTGRES_PASSWORD is missing a value: is missing, see \.env\.example/);
    });
  });
});
