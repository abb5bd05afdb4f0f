/**
 * Routes by path, one map lookup a segment, however many there are. A literal beats a variable,
 * segment by segment and without going back: where `me` is a literal, it is never an id. Only
 * `**` is gone back to.
 */
import type { Template } from "./template.ts";

/** Routes of one path and verb, by method. */
export type Methods<Route> = Map<string, Route>;

export interface Match<Route> {
  readonly methods: Methods<Route>;
  /** Still percent-encoded, without the verb. */
  readonly segments: readonly string[];
}

interface Node<Route> {
  readonly literals: Map<string, Node<Route>>;
  star: Node<Route> | undefined;
  /** By verb, "" for none. */
  readonly ends: Map<string, Methods<Route>>;
  readonly rest: Map<string, Methods<Route>>;
}

export class RouteTree<Route> {
  readonly #root: Node<Route> = emptyNode();

  add(method: string, template: Template, route: Route): void {
    let node = this.#root;
    let ends = node.ends;
    for (const segment of template.segments) {
      if (segment === "**") {
        ends = node.rest;
        break;
      }
      node = segment === "*" ? starOf(node) : literalOf(node, segment);
      ends = node.ends;
    }
    const methods: Methods<Route> = ends.get(template.verb) ?? new Map();
    ends.set(template.verb, methods);
    if (methods.has(method)) {
      throw new Error(`${method} ${template.source} is the route of two rpcs`);
    }
    methods.set(method, route);
  }

  /** @param path from the request line, still percent-encoded, without the query */
  find(path: string): Match<Route> | undefined {
    if (path.charCodeAt(0) !== 0x2f) {
      return undefined;
    }
    const segments = path.slice(1).split("/");
    const last = segments[segments.length - 1] as string;
    const colon = last.lastIndexOf(":");
    const verb = colon < 0 ? "" : last.slice(colon + 1);
    if (colon >= 0) {
      if (verb === "") {
        return undefined;
      }
      segments[segments.length - 1] = last.slice(0, colon);
    }
    const methods = this.#walk(segments, verb);
    return methods && { methods, segments };
  }

  #walk(segments: readonly string[], verb: string): Methods<Route> | undefined {
    let node: Node<Route> | undefined = this.#root;
    let rest = node.rest.get(verb);
    for (const segment of segments) {
      node = node.literals.get(literal(segment)) ?? (segment === "" ? undefined : node.star);
      if (!node) {
        return rest;
      }
      rest = node.rest.get(verb) ?? rest;
    }
    return node.ends.get(verb) ?? rest;
  }
}

function emptyNode<Route>(): Node<Route> {
  return { literals: new Map(), star: undefined, ends: new Map(), rest: new Map() };
}

function starOf<Route>(node: Node<Route>): Node<Route> {
  node.star ??= emptyNode();
  return node.star;
}

function literalOf<Route>(node: Node<Route>, segment: string): Node<Route> {
  const child = node.literals.get(segment) ?? emptyNode<Route>();
  node.literals.set(segment, child);
  return child;
}

/** RFC 3986: `%6De` is `me`. What cannot be decoded is no literal. */
function literal(segment: string): string {
  if (!segment.includes("%")) {
    return segment;
  }
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
