import assert from "node:assert/strict";
import {
  create,
  type DescMessage,
  equals,
  fromJsonString,
  toBinary,
  toJson,
} from "@bufbuild/protobuf";
import fc from "fast-check";
import { before, describe, it } from "mocha";
import { contractOf } from "../contract/contract.ts";
import { Problem, Violations } from "../problems/problem.ts";
import { messageJson } from "../testing/arbitrary.ts";
import { refused, taken } from "../testing/corpus.ts";
import { depotDescriptors } from "../testing/harness.ts";
import { parseJson } from "./parse.ts";
import { Readers } from "./read.ts";

describe("json", () => {
  let everything: DescMessage;
  let readers: Readers;
  before(() => {
    const { registry } = contractOf(depotDescriptors());
    everything = registry.getMessage("testing.depot.v1.Everything") as DescMessage;
    readers = new Readers(registry);
  });

  function read(text: string | Buffer) {
    const violations = new Violations();
    const json = parseJson(Buffer.from(text));
    const message = readers.of(everything).read(json, { steps: [], violations });
    violations.throwIfAny();
    return message;
  }

  function problemOf(text: string | Buffer): Problem {
    try {
      read(text);
    } catch (error) {
      assert.ok(error instanceof Problem, String(error));
      return error;
    }
    throw new assert.AssertionError({ message: `taken: ${text}` });
  }

  for (const text of taken) {
    it(`takes ${text.trim()} as protobuf-es does`, () => {
      const { registry } = readers;
      const expected = fromJsonString(everything, text, { registry });
      assert.deepEqual(toBinary(everything, read(text)), toBinary(everything, expected));
    });
  }

  for (const [text, reason, field] of refused) {
    it(`refuses ${String(text).slice(0, 60).replaceAll("\n", "\\n")} as ${reason}`, () => {
      const found = problemOf(text);
      assert.deepEqual([found.reason, found.options.violations?.[0]?.field], [reason, field]);
    });
  }

  it("tells where broken JSON breaks", () => {
    assert.match(problemOf('{"aBool": tru}').message, /position 10$/);
  });

  it("reads what protobuf-es writes, whatever the message", () => {
    fc.assert(
      fc.property(messageJson(), (json) => {
        const { registry } = readers;
        const text = JSON.stringify(json);
        const expected = fromJsonString(everything, text, { registry });
        const written = toJson(everything, expected, { registry, alwaysEmitImplicit: true });
        const again = read(JSON.stringify(written));
        assert.ok(equals(everything, again, expected, { registry }), text);
        assert.ok(equals(everything, read(text), expected, { registry }), text);
      }),
      { numRuns: 1_000 },
    );
  });

  it("makes of an empty object what an empty message is", () => {
    assert.ok(equals(everything, read("{}"), create(everything)));
  });
});
