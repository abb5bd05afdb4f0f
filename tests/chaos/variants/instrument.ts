/** Puts a crash point around every `await` of a compiled file. */
import { parse } from "acorn";

export interface Instrumented {
  readonly code: string;
  /** `order/checkout.js reserve #1`: the file, the function around, and which await of it. */
  readonly points: readonly string[];
}

interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [part: string]: unknown;
}

interface Awaited {
  readonly argument: Node;
  readonly point: string;
}

/** `hook` is the path of crash-hook.js as the file has to import it. */
export function instrument(code: string, file: string, hook: string): Instrumented {
  const program: unknown = parse(code, { ecmaVersion: "latest", sourceType: "module" });
  const awaits = awaitsOf(program as Node, file);
  const inserted = awaits.flatMap(({ argument, point }) => [
    { at: argument.start, text: `crashPoint(${JSON.stringify(point)}, async () => (` },
    { at: argument.end, text: "))" },
  ]);
  inserted.sort((a, b) => a.at - b.at);
  let result = `import { crashPoint } from ${JSON.stringify(hook)};\n`;
  let from = 0;
  for (const { at, text } of inserted) {
    result += code.slice(from, at) + text;
    from = at;
  }
  return { code: result + code.slice(from), points: awaits.map(({ point }) => point) };
}

function awaitsOf(program: Node, file: string): Awaited[] {
  const found: Awaited[] = [];
  const counts = new Map<string, number>();
  const visit = (node: Node, within: string): void => {
    const name = isFunction(node) ? (nameOf(node) ?? within) : within;
    if (node.type === "AwaitExpression") {
      const number = (counts.get(name) ?? 0) + 1;
      counts.set(name, number);
      found.push({ argument: node.argument as Node, point: `${file} ${name} #${number}` });
    }
    for (const child of childrenOf(node)) {
      visit(child, ownerName(node, child) ?? name);
    }
  };
  visit(program, "module");
  return found;
}

function isFunction({ type }: Node): boolean {
  return type === "FunctionDeclaration" || type === "FunctionExpression";
}

function nameOf(node: Node): string | undefined {
  return (node.id as { name?: string } | null)?.name;
}

/** What a function without a name of its own is called where it stands. */
function ownerName(parent: Node, child: Node): string | undefined {
  if (!/Function/.test(child.type)) {
    return undefined;
  }
  const named = (parent.type === "Property" ? parent.key : parent.id) as { name?: string } | null;
  return named?.name;
}

function childrenOf(node: Node): Node[] {
  return Object.values(node)
    .flat()
    .filter((part): part is Node => typeof (part as Node | null)?.type === "string");
}
