import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { before, describe, it } from "mocha";
import { parse } from "yaml";
import { testDatabase } from "#kit/testing.ts";
import { root } from "../../infra/dev/root.ts";
import { services } from "../../infra/dev/services.ts";
import { databaseOf } from "./code.ts";
import { type Manifest, of, podsOf } from "./kinds.ts";
import { objects, production, type Stack } from "./render.ts";

interface Cluster {
  readonly instances: number;
  readonly enableSuperuserAccess: boolean;
  readonly imageName: string;
  readonly postgresql: { readonly pg_hba?: readonly string[] };
  readonly managed: {
    readonly roles: readonly { readonly name: string; readonly passwordSecret: { name: string } }[];
  };
  readonly plugins: readonly { readonly name: string; readonly isWALArchiver: boolean }[];
  readonly bootstrap: { readonly recovery?: { readonly source: string } };
}

const drill = join(root, "k8s/base/postgres/drill");

describe("the databases", function () {
  this.timeout(180_000);
  let all: readonly Manifest[];
  let cluster: Cluster;
  before(async () => {
    all = await objects(production);
    cluster = (of<Cluster>(all, "Cluster").get("postgres") as Manifest<Cluster>).spec;
  });

  it("are one for each service, of a role of its own", () => {
    interface Database {
      readonly name: string;
      readonly owner: string;
      readonly cluster: { readonly name: string };
    }
    const made = [...of<Database>(all, "Database").values()].map(({ metadata, spec }) => {
      const { name, owner, cluster: within } = spec;
      return [metadata.name, name, owner, within.name];
    });
    const wanted = services.map((name) => [name, databaseOf(name), databaseOf(name), "postgres"]);
    assert.deepEqual(made.toSorted(), wanted.toSorted());
    const roles = cluster.managed.roles.map(({ name, passwordSecret }) => [
      name,
      passwordSecret.name,
    ]);
    assert.deepEqual(
      roles,
      services.map((name) => [databaseOf(name), `${name}-database`]),
    );
  });

  it("let each role into its own, with TLS, and nobody else anywhere", () => {
    assert.deepEqual(cluster.postgresql.pg_hba, [
      ...services.map((name) => {
        const own = databaseOf(name);
        return `hostssl ${own} ${own} all scram-sha-256`;
      }),
      "host all all all reject",
    ]);
    assert.equal(cluster.enableSuperuserAccess, false);
  });

  it("are named by the addresses that the store's secrets make, and checked by the mounted authority", async () => {
    interface ExternalSecret {
      readonly target: { readonly template: { readonly data: Readonly<Record<string, string>> } };
    }
    const vault: Stack = { ...production, components: ["external-secrets-vault"] };
    const secrets = of<ExternalSecret>(await objects(vault), "ExternalSecret");
    for (const name of services) {
      const { data } = (secrets.get(`${name}-database`) as Manifest<ExternalSecret>).spec.target
        .template;
      const { url = "", username } = data;
      const replica = data["replica-url"];
      const addresses = replica === undefined ? [url] : [url, replica];
      const hosts = addresses.map((text) => {
        const {
          username: user,
          hostname,
          port,
          pathname,
          searchParams,
        } = new URL(text.replace("{{ .password | urlquery }}", "secret"));
        assert.deepEqual(
          [user, port, pathname],
          [databaseOf(name), "5432", `/${databaseOf(name)}`],
        );
        assert.equal(searchParams.get("sslmode"), "verify-full");
        assert.equal(searchParams.get("sslrootcert"), "/var/run/tradepost/postgres/ca.crt");
        return hostname;
      });
      assert.equal(username, databaseOf(name));
      assert.deepEqual(hosts, ["postgres-rw", "postgres-ro"].slice(0, hosts.length));
    }
    const without = podsOf(all).filter(
      ({ spec: { containers, volumes } }) =>
        containers.some(({ env }) => env?.some(({ name }) => name === "DATABASE_URL")) &&
        !(
          volumes?.some(({ secret }) => secret?.secretName === "postgres-ca") &&
          containers[0]?.volumeMounts?.some(
            ({ mountPath }) => mountPath === "/var/run/tradepost/postgres",
          )
        ),
    );
    assert.deepEqual(
      without.map(({ name }) => name),
      [],
    );
  });

  it("are backed up each night, with every segment of the log between", () => {
    interface Scheduled {
      readonly schedule: string;
      readonly method: string;
      readonly cluster: { readonly name: string };
    }
    const nightly = of<Scheduled>(all, "ScheduledBackup").get("nightly")?.spec;
    assert.match(nightly?.schedule ?? "", /^0 \d+ \d+ \* \* \*$/);
    assert.deepEqual([nightly?.method, nightly?.cluster.name], ["plugin", "postgres"]);
    assert.deepEqual(
      cluster.plugins.map(({ isWALArchiver }) => isWALArchiver),
      [true],
    );
    const store = of<{ retentionPolicy: string }>(all, "ObjectStore").get("backups");
    assert.equal(store?.spec.retentionPolicy, "30d");
  });

  it("are restored each week from the newest backup, by the same release", async () => {
    const text = await readFile(join(drill, "cluster.yaml"), "utf8");
    const restored = (parse(text) as Manifest<Cluster>).spec;
    assert.equal(restored.imageName, cluster.imageName);
    assert.equal(restored.bootstrap.recovery?.source, "postgres");
    const job = of<{ schedule: string }>(all, "CronJob").get("restore-drill");
    assert.match(job?.spec.schedule ?? "", /^\d+ \d+ \* \* \d$/);
  });

  it("are asked by the drill what must be true, in words that every database understands", async () => {
    const text = await readFile(join(drill, "check.sql"), "utf8");
    const parts = text.split(/^\\connect (\w+)$/m).slice(1);
    const checked: string[] = [];
    for (let at = 0; at < parts.length; at += 2) {
      const [name = "", statement = ""] = parts.slice(at, at + 2);
      const service = services.find((one) => databaseOf(one) === name) ?? assert.fail(name);
      const database = await testDatabase(service);
      await database.db.query(statement);
      await database.db.query("delete from kit_migrations");
      await assert.rejects(database.db.query(statement), /no outbox/);
      await database.drop();
      checked.push(service);
    }
    assert.deepEqual(checked, services);
  });
});
