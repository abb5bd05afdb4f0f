/** Path variables: text from the matched segments into the fields that the template names. */
import type { DescMessage, Message } from "@bufbuild/protobuf";
import { notUtf8 } from "../json/characters.ts";
import type { Readers } from "../json/read.ts";
import { Refusal } from "../json/refusal.ts";
import type { ReadValue } from "../json/scalars.ts";
import type { Violations } from "../problems/problem.ts";
import type { Template, Variable } from "../routes/template.ts";
import { type FieldPath, jsonName, resolvePath, setAt, textReader, valueAt } from "./text.ts";

interface BoundVariable {
  readonly variable: Variable;
  readonly path: FieldPath;
  readonly read: ReadValue;
}

export class PathBinder {
  readonly #variables: readonly BoundVariable[];

  constructor(template: Template, input: DescMessage, readers: Readers) {
    this.#variables = template.variables.map((variable) => {
      const path = resolvePath(input, variable.fieldPath, readers);
      const field = path?.at(-1);
      const read = field && field.fieldKind !== "list" ? textReader(field, readers) : undefined;
      if (!path || !read) {
        throw new Error(`${template.source}: ${variable.fieldPath} is no field for a path`);
      }
      return { variable, path, read };
    });
  }

  get paths(): readonly FieldPath[] {
    return this.#variables.map(({ path }) => path);
  }

  /** After the body: where the body names the same field, it must say the same. */
  bind(message: Message, segments: readonly string[], violations: Violations): void {
    for (const { variable, path, read } of this.#variables) {
      const text = textOf(segments, variable);
      const value = text === undefined ? notUtf8 : read(text);
      const inBody = valueAt(message, path);
      if (value instanceof Refusal) {
        violations.add(jsonName(path), value.rule, value.message);
      } else if (inBody !== undefined && inBody !== value) {
        violations.add(jsonName(path), "path", "is not what the path says");
      } else {
        setAt(message, path, value);
      }
    }
  }
}

function textOf(segments: readonly string[], variable: Variable): string | undefined {
  try {
    if (!variable.multi) {
      return decode(segments[variable.from] as string);
    }
    return segments
      .slice(variable.from, variable.to)
      .map((segment) => segment.split(/%2f/i).map(decode).join("%2F"))
      .join("/");
  } catch {
    return undefined;
  }
}

function decode(text: string): string {
  return text.includes("%") ? decodeURIComponent(text) : text;
}
