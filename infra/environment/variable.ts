// What a zod schema says of a variable, to people.
import { z } from "zod";

export interface Variable {
  readonly name: string;
  readonly description: string;
  readonly isRequired: boolean;
  /** As it would be written; absent: there is none. */
  readonly standard: string | undefined;
  /** Absent: any that the schema takes. */
  readonly choices: readonly string[] | undefined;
}

export function variableOf(name: string, schema: z.ZodRawShape[string]): Variable {
  const { description } = z.globalRegistry.get(schema) ?? {};
  if (!description) {
    throw new Error(`${name} has no description: .describe(…) it in its schema`);
  }
  let standard: string | undefined;
  let inner: unknown = schema;
  for (;;) {
    if (inner instanceof z.ZodDefault) {
      standard = String(inner.def.defaultValue);
      inner = inner.def.innerType;
    } else if (inner instanceof z.ZodOptional) {
      inner = inner.def.innerType;
    } else if (inner instanceof z.ZodPipe) {
      inner = inner.def.in;
    } else {
      break;
    }
  }
  const choices = inner instanceof z.ZodEnum ? inner.options.map(String) : undefined;
  const isRequired = !z.safeParse(schema, undefined).success;
  return { name, description, isRequired, standard: standard || undefined, choices };
}
