import type { Value } from "./configuration.ts";

/** All that an expression somewhere in `value` names: `var.name`, `module.key.arn`, `aws_vpc.this`. */
export function namesIn(value: Value): ReadonlySet<string> {
  const names = new Set<string>();
  for (const text of textsIn(value)) {
    // One of several, or all of them: it is the name without that.
    const code = codeOf(text).replaceAll(/\[(\d+|\*)\]/g, "");
    for (const [name] of code.matchAll(/(?<![\w.-])[a-z]\w*(\.[a-z_][\w-]*)+/g)) {
      names.add(name);
    }
  }
  return names;
}

function textsIn(value: Value): readonly string[] {
  if (typeof value === "string") {
    return [value];
  }
  if (value === null || typeof value !== "object") {
    return [];
  }
  const parts = Array.isArray(value)
    ? (value as readonly Value[])
    : [...Object.keys(value), ...Object.values(value)];
  return parts.flatMap(textsIn);
}

/** What is between `${` and `}`, without the literals in it; templates in those are read again. */
function codeOf(template: string): string {
  // Of each open bracket: a template's or the language's own.
  const open: ("template" | "code")[] = ["template"];
  let code = "";
  for (let at = 0; at < template.length; at++) {
    const letter = template[at] ?? "";
    if (open.at(-1) === "template") {
      if (letter === "$" && template[at - 1] !== "$" && template[at + 1] === "{") {
        open.push("code");
        at++;
      } else if (letter === '"' && open.length > 1) {
        open.pop();
      } else if (letter === "\\") {
        at++;
      }
      continue;
    }
    if (letter === '"') {
      open.push("template");
    } else if (letter === "{") {
      open.push("code");
    } else if (letter === "}") {
      open.pop();
    }
    code += letter === '"' ? " " : letter;
  }
  return code;
}
