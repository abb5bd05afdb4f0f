import assert from "node:assert/strict";
import {
  type DescMessage,
  fromBinary,
  fromJson,
  type JsonObject,
  type Registry,
  toBinary,
  toJson,
} from "@bufbuild/protobuf";
import fc from "fast-check";
import { describe, it } from "mocha";
import { descriptors } from "#gen/descriptors.ts";
import { writers as generated } from "#gen/writers.ts";
import { sinkOf } from "../answer/reader.ts";
import { contractOf } from "../contract/contract.ts";
import { anyMessage } from "../testing/any-message.ts";
import { depotDescriptors } from "../testing/harness.ts";
import { loadWriters } from "../testing/writers.ts";
import { jsonOf } from "./json.ts";
import type { JsonWriter } from "./sink.ts";

/** Over all messages; `npm run test:full` makes 200,000 of them. */
const ROUNDS = process.env.TEST_ROUNDS === "full" ? 200_000 : 2_000;

describe("JSON from protobuf's bytes", function () {
  this.timeout(900_000);

  it("is what protobuf-es makes of it, for every kind of field", async () => {
    const { registry } = contractOf(depotDescriptors());
    const everything = registry.getMessage("testing.depot.v1.Everything") as DescMessage;
    const writers = await loadWriters([everything]);
    agrees(everything, writers[everything.typeName] as JsonWriter, registry, ROUNDS / 2);
  });

  it("is what protobuf-es makes of it, for every message of the contracts", () => {
    const { registry } = contractOf(descriptors);
    const all = Object.entries(generated);
    for (const [typeName, write] of all) {
      const desc = registry.getMessage(typeName) as DescMessage;
      agrees(desc, write, registry, Math.ceil(ROUNDS / 2 / all.length));
    }
  });

  it("is made in the short way of what services write, for every message of the contracts", async () => {
    const { registry } = contractOf(descriptors);
    const sink = sinkOf(registry);
    for (const [typeName, write] of Object.entries(generated)) {
      const desc = registry.getMessage(typeName) as DescMessage;
      const codec = await codecOf(desc);
      fc.assert(
        // ts-proto's times before 1970 are no times: their nanos are negative.
        fc.property(anyMessage(desc, { since: "1970-01-01T00:00:00Z" }), (json) => {
          const message = codec.decode(toBinary(desc, fromJson(desc, json, { registry })));
          const bytes = codec.encode(message).finish();
          assert.ok(jsonOf(write, bytes, { start: 0, end: bytes.length }, sink), typeName);
        }),
        { numRuns: 5 },
      );
    }
  });
});

interface Codec {
  decode(bytes: Uint8Array): unknown;
  encode(message: unknown): { finish(): Uint8Array };
}

/** The services' own. */
async function codecOf({ file, typeName }: DescMessage): Promise<Codec> {
  const codecs = (await import(`../../gen/${file.name}.ts`)) as Readonly<Record<string, Codec>>;
  const name = typeName.slice(file.proto.package.length + 1).replaceAll(".", "_");
  return codecs[name] as Codec;
}

/** Of whole messages and damaged ones. */
function agrees(desc: DescMessage, write: JsonWriter, registry: Registry, numRuns: number): void {
  const theirs = (bytes: Uint8Array) =>
    toJson(desc, fromBinary(desc, bytes), { registry, alwaysEmitImplicit: true });
  const sink = sinkOf(registry);
  const ours = (bytes: Uint8Array) => {
    const json = jsonOf(write, bytes, { start: 0, end: bytes.length }, sink);
    return json && JSON.parse(json.toString());
  };
  const damages = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 3 });
  fc.assert(
    fc.property(anyMessage(desc), damages, fc.nat(), (json: JsonObject, damage, cut) => {
      const bytes = toBinary(desc, fromJson(desc, json, { registry }));
      assert.deepEqual(ours(bytes), JSON.parse(JSON.stringify(theirs(bytes))));
      const damaged = bytes.slice(0, cut % 2 === 0 ? undefined : cut % (bytes.length + 1));
      for (const [at, byte] of damage) {
        damaged[at % damaged.length] = byte;
      }
      const other = ours(damaged);
      if (other !== undefined) {
        assert.deepEqual(other, JSON.parse(JSON.stringify(theirs(damaged))));
      }
    }),
    { numRuns },
  );
}
