import assert from "node:assert/strict";
import { basename, dirname, join } from "node:path";
import { before, describe, it } from "mocha";
import { blocks, filesOf, type Module, parse, readModules, type Value } from "./configuration.ts";
import { namesIn } from "./expressions.ts";
import { TOOL_TIMEOUT_MS } from "./tools.ts";

// Where a provider is installed `terraform validate` asks the same and more; elsewhere this does.
describe("the modules of infra/terraform", () => {
  let modules: readonly Module[];
  let tests: readonly { path: string; names: ReadonlySet<string> }[];
  const called = (from: Module, call: { readonly source?: Value }) =>
    modules.find(({ path }) => path === join(from.path, String(call.source)));
  const complaints = (of: (module: Module) => readonly string[]) =>
    modules.flatMap((module) => of(module).map((what) => `${module.path}: ${what}`));

  before(async function () {
    this.timeout(TOOL_TIMEOUT_MS);
    modules = await readModules();
    const files = [
      ...(await filesOf("aws/tests", ".tftest.hcl")),
      ...(await filesOf("gcp/tests", ".tftest.hcl")),
    ];
    tests = await Promise.all(
      files.map(async (file) => ({
        path: basename(dirname(dirname(file))),
        names: namesIn(await parse([file])),
      })),
    );
  });

  it("name nothing that is not there", () => {
    assert.deepEqual(
      complaints((module) => {
        const there = new Set([
          ...Object.keys(module.variables).map((name) => `var.${name}`),
          ...module.locals.map((name) => `local.${name}`),
          ...module.resources.map(({ type, name }) => `${type}.${name}`),
          ...module.data.map(({ type, name }) => `data.${type}.${name}`),
          ...Object.entries(module.calls).flatMap(([name, [call = {}]]) =>
            Object.keys(called(module, call)?.outputs ?? {}).map((out) => `module.${name}.${out}`),
          ),
        ]);
        return [...namesIn(module.body)].map(subject).filter((name) => name && !there.has(name));
      }),
      [],
    );
  });

  it("declare nothing that they do not use", () => {
    assert.deepEqual(
      complaints(({ body, variables, locals }) => {
        // A variable's own validation is no use of it.
        const { variable: _, ...rest } = body;
        const used = new Set([...namesIn(rest)].map(subject));
        const declared = [
          ...Object.keys(variables).map((name) => `var.${name}`),
          ...locals.map((name) => `local.${name}`),
        ];
        return declared.filter((name) => !used.has(name));
      }),
      [],
    );
  });

  it("are given what they ask for, and nothing else", () => {
    assert.deepEqual(
      complaints((module) =>
        Object.entries(module.calls).flatMap(([name, [call = {}]]) => {
          const target = called(module, call);
          if (!target) {
            return [`${name} is none of ours: ${call.source}`];
          }
          const given = Object.keys(call).filter(
            (key) => !["source", "count", "depends_on"].includes(key),
          );
          const asked = Object.entries(target.variables);
          const needed = asked.filter(([, [variable = {}]]) => !("default" in variable));
          return [
            ...given
              .filter((key) => !(key in target.variables))
              .map((key) => `${name} gets ${key}`),
            ...needed
              .filter(([key]) => !given.includes(key))
              .map(([key]) => `${name} lacks ${key}`),
          ];
        }),
      ),
      [],
    );
  });

  it("are each called, and each of their outputs read", () => {
    const read = new Set(
      modules.flatMap((module) =>
        Object.entries(module.calls).flatMap(([name, [call = {}]]) => {
          const target = called(module, call)?.path;
          const asked = tests.filter(({ path }) => path === module.path);
          const names = [namesIn(module.body), ...asked.map((test) => test.names)];
          return names.flatMap((some) =>
            [...some].map(subject).flatMap((one) => {
              const [kind, of, output] = one.split(".");
              return kind === "module" && of === name ? [`${target}.${output}`] : [];
            }),
          );
        }),
      ),
    );
    assert.deepEqual(
      modules
        .filter(({ path }) => path.startsWith("modules/"))
        .flatMap(({ path, outputs }) => Object.keys(outputs).map((output) => `${path}.${output}`))
        .filter((output) => !read.has(output)),
      [],
    );
  });

  it("say of each variable what it is and of which type, and what each output is for", () => {
    assert.deepEqual(
      complaints(({ variables, outputs }) => [
        ...Object.entries(variables)
          .filter(([, [one = {}]]) => !one.description || !one.type)
          .map(([name]) => `variable ${name}`),
        ...Object.entries(outputs)
          .filter(([, [one = {}]]) => !one.description)
          .map(([name]) => `output ${name}`),
      ]),
      [],
    );
  });

  it("want one line of Terraform's versions, and one version of each provider", () => {
    const pins = new Set<string>();
    for (const { settings } of modules) {
      pins.add(`terraform ${settings.required_version}`);
      for (const [name, said] of blocks(settings.required_providers).flatMap(Object.entries)) {
        pins.add(`${name} ${(said as { version: string }).version}`);
      }
    }
    assert.deepEqual([...pins].map((pin) => pin.replace(/\d+/g, "1")).sort(), [
      "aws 1.1.1",
      "google 1.1.1",
      "terraform ~> 1.1",
    ]);
  });

  it("have an example that says all that must be said", async () => {
    for (const path of ["aws", "gcp"]) {
      const [file = ""] = await filesOf(path, ".tfvars.example");
      const example = Object.keys(await parse([file]));
      const variables = modules.find((module) => module.path === path)?.variables ?? {};
      const needed = Object.keys(variables).filter(
        (name) => !("default" in (variables[name]?.[0] ?? {})),
      );
      assert.deepEqual(
        needed.filter((name) => !example.includes(name)),
        [],
        path,
      );
      assert.deepEqual(
        example.filter((name) => !(name in variables)),
        [],
        path,
      );
    }
  });
});

/** What of a name is declared somewhere; "" for what an expression declares itself. */
function subject(name: string): string {
  const [first = "", second, third] = name.split(".");
  switch (first) {
    case "var":
    case "local":
      return `${first}.${second}`;
    case "module":
    case "data":
      return `${first}.${second}.${third}`;
    default:
      return /^(aws|google)_/.test(first) ? `${first}.${second}` : "";
  }
}
