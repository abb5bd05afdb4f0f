import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { parse } from "yaml";
import type { Manifest } from "./kinds.ts";
import { nameOf, objects, stacks } from "./render.ts";

type Node = Readonly<Record<string, unknown>>;

/** Every object anywhere in `value`, with where it is. */
function* nodes(value: unknown, path = ""): Generator<readonly [path: string, node: Node]> {
  if (typeof value === "object" && value !== null) {
    yield [path, value as Node];
    for (const [key, inner] of Object.entries(value)) {
      yield* nodes(inner, `${path}/${key}`);
    }
  }
}

/** What asks for a disk: claims of pods, of CloudNativePG and of Strimzi, and the class each names. */
function disksOf({ kind, metadata, spec, data }: Manifest): [where: string, storage: unknown][] {
  const texts = Object.values(data ?? {}).filter((text) => /^kind: Cluster$/m.test(text));
  const found: [string, unknown][] = texts.flatMap((text) => disksOf(parse(text) as Manifest));
  for (const [path, node] of nodes(spec, `${kind} ${metadata.name}`)) {
    const isClaim = /(^PersistentVolumeClaim [^/]+$|\/volumeClaimTemplates\/\d+\/spec$)/.test(path);
    if (isClaim || (node.size !== undefined && /\/(storage|walStorage|volumes\/\d+)$/.test(path))) {
      found.push([path, node.storageClass ?? node.storageClassName ?? node.class]);
    }
    if (node.volumeClaimTemplate !== undefined) {
      found.push(...disksOf({ kind, metadata, spec: node.volumeClaimTemplate } as Manifest));
    }
  }
  return found;
}

/** Buckets whose objects lie open, and disks of no class that encrypts. */
function open(all: readonly Manifest[]): string[] {
  const classes = all
    .filter(({ kind }) => kind === "StorageClass")
    .filter((one) => (one as unknown as { parameters: Node }).parameters.encrypted === "true")
    .map(({ metadata }) => metadata.name);
  const disks = all
    .flatMap(disksOf)
    .filter(([, storage]) => !classes.includes(String(storage)))
    .map(([where]) => where);
  const buckets = all.flatMap(({ kind, metadata, spec }) =>
    [...nodes(spec, `${kind} ${metadata.name}`)]
      .filter(([, node]) => "destinationPath" in node)
      .flatMap(([path, node]) =>
        ["wal", "data"]
          .filter((part) => !["AES256", "aws:kms"].includes(encryptionOf(node[part])))
          .map((part) => `${path}/${part}`),
      ),
  );
  return [...disks, ...buckets];
}

function encryptionOf(part: unknown): string {
  return String((part as Node | undefined)?.encryption);
}

describe("what is stored", function () {
  this.timeout(180_000);

  it("is encrypted: every disk and every bucket of every overlay and component", async () => {
    let disks = 0;
    for (const stack of await stacks()) {
      const all = await objects(stack);
      assert.deepEqual(open(all), [], nameOf(stack));
      disks += all.flatMap(disksOf).length;
    }
    // Of each stack on production: PostgreSQL's two, the drill's two and Kafka's.
    assert.ok(disks >= 5 && disks % 5 === 0, String(disks));
  });

  it("would be noticed if it were not", () => {
    const of = (kind: string, spec: object) =>
      ({ apiVersion: "v1", kind, metadata: { name: "x" }, spec }) as Manifest;
    const claim = { resources: { requests: { storage: "1Gi" } } };
    const wrong = [
      of("PersistentVolumeClaim", claim),
      of("StatefulSet", { volumeClaimTemplates: [{ spec: claim }] }),
      of("Cluster", { storage: { size: "1Gi" }, walStorage: { size: "1Gi", storageClass: "gp3" } }),
      of("KafkaNodePool", { storage: { volumes: [{ type: "persistent-claim", size: "1Gi" }] } }),
      of("ObjectStore", { configuration: { destinationPath: "s3://x", data: { encryption: "" } } }),
    ];
    assert.equal(open(wrong).length, 7, open(wrong).join("\n"));
  });
});
