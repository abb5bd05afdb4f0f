import assert from "node:assert/strict";
import {
  type DescField,
  type DescMessage,
  type DescMethod,
  getOption,
  hasOption,
  ScalarType,
} from "@bufbuild/protobuf";
import type { GenExtension } from "@bufbuild/protobuf/codegenv2";
import type { FieldOptions } from "@bufbuild/protobuf/wkt";
import { describe, it } from "mocha";
import { methodOptions, registry } from "#kit/descriptors.ts";

interface FieldRules {
  readonly type: {
    readonly case?: string;
    readonly value?: {
      readonly maxLen?: bigint;
      readonly maxBytes?: bigint;
      readonly pattern?: string;
      readonly in?: readonly string[];
      readonly maxItems?: bigint;
      readonly maxPairs?: bigint;
      readonly items?: FieldRules;
      readonly keys?: FieldRules;
      readonly values?: FieldRules;
    };
  };
}

/** The REST surface's ids; a share of the shop itself has none. */
const ID = /^\^\[A-Za-z0-9_-\]\{[01],64\}\$$/;

describe("the contracts", () => {
  const ours = [...registry.files].filter(({ proto }) => proto.package.startsWith("tradepost."));
  const methods = ours.flatMap(({ services }) => services.flatMap(({ methods }) => methods));
  const rpcOf = (method: DescMethod) => `${method.parent.typeName}/${method.name}`;

  it("say of every rpc who may call it", () => {
    assert.ok(methods.length > 0);
    const silent = methods.filter((method) => {
      const { access } = methodOptions(method);
      const { public: anyone, signedIn, owner, roles = [], services = [] } = access ?? {};
      return !(anyone || signedIn || owner || roles.length + services.length > 0);
    });
    assert.deepEqual(silent.map(rpcOf), []);
  });

  it("have a route for every rpc but those that are for services alone", () => {
    const stray = methods.filter((method) => {
      const { access, http } = methodOptions(method);
      const isInternal = http.length === 0;
      const forServices = (access?.services.length ?? 0) > 0;
      return isInternal && (!forServices || access?.public || access?.signedIn || access?.owner);
    });
    assert.deepEqual(stray.map(rpcOf), []);
  });

  it("name only reasons that the catalogue has, and each once", () => {
    for (const method of methods) {
      const { reasons } = methodOptions(method);
      assert.ok(reasons.every(Boolean), rpcOf(method));
      assert.equal(new Set(reasons).size, reasons.length, rpcOf(method));
    }
  });

  it("have a request and a response of its own for every rpc", () => {
    for (const { name, input, output } of methods) {
      assert.equal(input.name, `${name}Request`);
      if (!output.typeName.startsWith("google.")) {
        assert.equal(output.name, `${name}Response`);
      }
    }
  });

  describe("bound every field of a request", () => {
    const requests = reachable(methods.map(({ input }) => input));
    const fields = requests.flatMap((message) => message.fields);

    it("strings by a length, ids by their pattern", () => {
      const strings = fields.filter((field) => stringsOf(field).length > 0);
      assert.ok(strings.length > 0);
      const open = strings.filter((field) =>
        stringsOf(field).some((rules) => !(rules?.maxLen || rules?.maxBytes || rules?.in?.length)),
      );
      assert.deepEqual(open.map(String), []);
      const ids = strings.filter(({ name }) => /^(id|ids)$|_ids?$/.test(name));
      const loose = ids.filter((field) => !ID.test(stringsOf(field)[0]?.pattern ?? ""));
      assert.deepEqual(loose.map(String), []);
    });

    it("lists and maps by a number", () => {
      const many = fields.filter(({ fieldKind }) => fieldKind === "list" || fieldKind === "map");
      const open = many.filter((field) => {
        const { type } = rulesOf(field) ?? { type: {} };
        return !(type.value?.maxItems || type.value?.maxPairs);
      });
      assert.deepEqual(open.map(String), []);
    });
  });
});

/** These and all of ours that they are made of. */
function reachable(messages: readonly DescMessage[]): DescMessage[] {
  const found = new Set<DescMessage>();
  const visit = (message: DescMessage) => {
    if (!message.typeName.startsWith("tradepost.") || found.has(message)) {
      return;
    }
    found.add(message);
    for (const field of message.fields) {
      if (field.message) {
        visit(field.message);
      }
    }
  };
  messages.forEach(visit);
  return [...found];
}

/** The rules of each string that the field holds: its own, its items', its keys' and values'. */
function stringsOf(field: DescField) {
  const own = rulesOf(field);
  const { items, keys, values } = own?.type.value ?? {};
  const holds: [isString: boolean, FieldRules | undefined][] =
    field.fieldKind === "map"
      ? [
          [field.mapKey === ScalarType.STRING, keys],
          [field.scalar === ScalarType.STRING, values],
        ]
      : [[field.scalar === ScalarType.STRING, field.fieldKind === "list" ? items : own]];
  return holds
    .filter(([isString]) => isString)
    .map(([, rules]) => (rules?.type.case === "string" ? rules.type.value : undefined));
}

function rulesOf(field: DescField): FieldRules | undefined {
  const extension = registry.getExtension("buf.validate.field") as
    | GenExtension<FieldOptions, FieldRules>
    | undefined;
  return extension && hasOption(field, extension) ? getOption(field, extension) : undefined;
}
