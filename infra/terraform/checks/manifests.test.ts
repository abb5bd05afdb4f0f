import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { before, describe, it } from "mocha";
import { parseAllDocuments } from "yaml";
import { root } from "../../dev/root.ts";
import { type Module, readModules } from "./configuration.ts";
import { TOOL_TIMEOUT_MS } from "./tools.ts";

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec?: Readonly<Record<string, unknown>>;
}

describe("what infra/terraform and k8s say of each other", () => {
  let modules: readonly Module[];
  let manifests: readonly Manifest[];
  const named = (kind: string, name: string) =>
    manifests.find((one) => one.kind === kind && one.metadata.name === name);
  const roots = () => modules.filter(({ path }) => path === "aws" || path === "gcp");

  before(async function () {
    this.timeout(TOOL_TIMEOUT_MS);
    modules = await readModules();
    manifests = await readManifests();
  });

  it("is the namespace", () => {
    for (const { path, variables } of roots()) {
      assert.ok(named("Namespace", String(variables.namespace?.[0]?.default)), path);
    }
  });

  it("is who may do what: External Secrets' account, and that of PostgreSQL's instances", () => {
    const text = JSON.stringify(modules.map(({ body }) => body));
    assert.ok(named("ServiceAccount", "external-secrets"));
    assert.match(text, /"service_account":"external-secrets"/);
    assert.match(text, /\/sa\/external-secrets"/);
    // CloudNativePG names the account after the cluster.
    assert.ok(named("Cluster", "postgres"));
    assert.match(text, /\/sa\/postgres"/);
  });

  it("is the secrets: there is one for all that External Secrets reads", () => {
    const read = manifests
      .filter(({ kind }) => kind === "ExternalSecret")
      .flatMap(({ spec }) => spec?.data as { remoteRef: { key: string } }[])
      .map(({ remoteRef }) => remoteRef.key);
    const aws = modules.find(({ path }) => path === "aws");
    const services = aws?.variables.services?.[0]?.default as readonly string[];
    const made = [...services, "backups"].map((name) => `tradepost/${name}`);
    assert.deepEqual([...new Set(read)].sort(), made.sort());
    assert.match(
      String(aws?.calls.secrets?.[0]?.names),
      /setunion\(var\.services, \["backups"\]\)/,
    );
  });

  it("is how long backups are kept: no shorter than PostgreSQL's operator needs them", () => {
    const kept = manifests.flatMap(({ spec }) =>
      typeof spec?.retentionPolicy === "string" ? [spec.retentionPolicy] : [],
    );
    const [days] = kept.map((policy) => Number(/^(\d+)d$/.exec(policy)?.[1]));
    assert.ok(days, String(kept));
    for (const { path, variables } of roots()) {
      // The last base backup before the first of these days is needed too.
      assert.ok(Number(variables.backup_retention_days?.[0]?.default) > days + 1, path);
    }
  });
});

async function readManifests(): Promise<readonly Manifest[]> {
  const entries = await readdir(join(root, "k8s"), { withFileTypes: true, recursive: true });
  const files = entries.filter((one) => one.isFile() && one.name.endsWith(".yaml"));
  const texts = await Promise.all(
    files.map((one) => readFile(join(one.parentPath, one.name), "utf8")),
  );
  return texts
    .flatMap((text) => parseAllDocuments(text))
    .map((document) => document.toJS() as Manifest)
    .filter((one) => one?.kind !== undefined && one.metadata !== undefined);
}
