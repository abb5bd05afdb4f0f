import assert from "node:assert/strict";
import { before, describe, it } from "mocha";
import { readConfig } from "#kit/config.ts";
import { programs, shapes } from "../../infra/environment/shapes.ts";
import { type Container, type Manifest, of, podsOf, type Workload } from "./kinds.ts";
import { local, nameOf, objects, production, type Stack } from "./render.ts";
import { environmentOf, type Reference, references } from "./variables.ts";

/** Of the forms that the schemas ask for. */
const samples: Readonly<Record<string, string>> = {
  DATABASE_URL: "postgresql://a:b@c:5432/d",
  DATABASE_REPLICA_URL: "postgresql://a:b@c:5432/d",
  KEY_ENCRYPTION_KEY: Buffer.alloc(32).toString("base64"),
  STRIPE_SECRET_KEY: "sk_live_sample",
  STRIPE_WEBHOOK_SECRET: "whsec_sample",
  SMTP_URL: "smtp://a:b@c:587",
  SMS_URL: "twilio://a:b@c?from=d",
};

const istio: Stack = { ...production, components: ["istio"] };
const vault: Stack = { ...production, components: ["external-secrets-vault"] };
const aws: Stack = { ...production, components: ["external-secrets-aws"] };

interface ExternalSecret {
  readonly target: { readonly name: string; readonly template: { readonly data: object } };
  readonly secretStoreRef: { readonly name: string; readonly kind: string };
}

describe("the variables of", function () {
  this.timeout(180_000);

  for (const stack of [production, local, istio]) {
    describe(nameOf(stack), () => {
      let all: readonly Manifest[];
      let containers: ReadonlyMap<string, Container>;
      before(async () => {
        all = await objects(stack);
        const deployments = of<Workload>(all, "Deployment");
        const found = programs.map((name): [string, Container] => {
          const { containers: some } = (deployments.get(name) as Manifest<Workload>).spec.template
            .spec;
          assert.equal(some.length, 1);
          return [name, some[0] as Container];
        });
        containers = new Map(found);
      });

      for (const name of programs) {
        it(`${name} are known to its schema, and are all that it needs`, () => {
          const { SERVICE, ...environment } = environmentOf(all, containers.get(name) as Container);
          assert.equal(SERVICE, name);
          const unknown = Object.keys(environment).filter((key) => !(key in shapes[name]));
          assert.deepEqual(unknown, []);
          const given = Object.entries(environment).map(([key, value]) => [
            key,
            typeof value === "string"
              ? value
              : (samples[key] ?? assert.fail(`${key} is no secret`)),
          ]);
          // Throws with every variable that is wrong or missing.
          readConfig(shapes[name], Object.fromEntries(given));
        });
      }

      it("name TLS files that are mounted, where it does not have them from Istio", () => {
        for (const name of programs) {
          const container = containers.get(name) as Container;
          const { TLS_CA, TLS_CERT, TLS_KEY } = environmentOf(all, container);
          const folders = [TLS_CA, TLS_CERT, TLS_KEY].filter(Boolean);
          assert.equal(folders.length, stack === production ? 3 : 0, name);
          for (const file of folders) {
            const [, folder] = /^(.+)\/(ca\.crt|tls\.crt|tls\.key)$/.exec(String(file)) ?? [];
            assert.ok(
              container.volumeMounts?.some(({ mountPath }) => mountPath === folder),
              name,
            );
          }
        }
      });
    });
  }

  it("the services name Kafka's authority where it is mounted", async () => {
    const all = await objects(production);
    const mounted = of<Workload>(all, "Deployment");
    for (const name of programs.slice(1)) {
      const { spec } = (mounted.get(name) as Manifest<Workload>).spec.template;
      const [container] = spec.containers as [Container];
      const { KAFKA_TLS, KAFKA_CA } = environmentOf(all, container);
      assert.deepEqual([KAFKA_TLS, KAFKA_CA], ["on", "/var/run/tradepost/kafka/ca.crt"], name);
      const mount = container.volumeMounts?.find(
        ({ mountPath }) => mountPath === "/var/run/tradepost/kafka",
      );
      const volume = spec.volumes?.find((one) => one.name === mount?.name);
      assert.equal(volume?.secret?.secretName, "tradepost-cluster-ca-cert", name);
    }
  });

  it("the migrations are the service's name and its database", async () => {
    const all = await objects(production);
    const jobs = podsOf(all).filter(({ kind }) => kind === "Job");
    const found = jobs.map(
      ({
        name,
        spec: {
          containers: [container],
        },
      }) => {
        assert.deepEqual(container?.command, ["node", "dist/services/kit/migrate-main.js"]);
        return [name, environmentOf(all, container as Container)];
      },
    );
    const wanted = programs
      .slice(1)
      .map((name) => [
        `${name}-migration`,
        { SERVICE: name, DATABASE_URL: { secret: `${name}-database`, key: "url" } },
      ]);
    assert.deepEqual(Object.fromEntries(found), Object.fromEntries(wanted));
  });

  for (const stack of [vault, aws]) {
    it(`${nameOf(stack)}: every secret key that must be there comes from the store, and no other`, async () => {
      const all = await objects(stack);
      const used = podsOf(all)
        .filter(({ name }) => name !== "restore-drill")
        .flatMap(({ spec }) =>
          spec.containers.flatMap((one) => references(environmentOf(all, one))),
        );
      const named = new Set(
        [...used.filter(({ isOptional }) => !isOptional), ...ofOperators(all)].map(
          ({ secret, key }) => `${secret}/${key}`,
        ),
      );
      const made = [...of<ExternalSecret>(all, "ExternalSecret").values()].flatMap(({ spec }) => {
        assert.deepEqual(spec.secretStoreRef, { name: "secrets", kind: "SecretStore" });
        return Object.keys(spec.target.template.data).map((key) => `${spec.target.name}/${key}`);
      });
      assert.deepEqual([...named].toSorted(), made.toSorted());
      assert.ok(of(all, "SecretStore").has("secrets"));
    });
  }

  /** What CloudNativePG reads: a role's password, and the store of the backups. */
  function ofOperators(all: readonly Manifest[]): readonly Reference[] {
    const cluster = of<{ managed: { roles: { passwordSecret: { name: string } }[] } }>(
      all,
      "Cluster",
    ).get("postgres");
    const roles = cluster?.spec.managed.roles ?? [];
    const store = of<{ configuration: { s3Credentials: object } }>(all, "ObjectStore").get(
      "backups",
    );
    const credentials: { name: string; key: string }[] = Object.values(
      store?.spec.configuration.s3Credentials ?? {},
    );
    return [
      ...roles.flatMap(({ passwordSecret: { name: secret } }) =>
        ["username", "password"].map((key) => ({ secret, key })),
      ),
      ...credentials.map(({ name, key }) => ({ secret: name, key })),
    ];
  }
});
