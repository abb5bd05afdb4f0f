/** `*`: one segment. `**`: all that is left, also none. Anything else is a literal. */
type Segment = string;

export interface Variable {
  /** Proto names, from the request message down. */
  readonly fieldPath: string;
  /** Which segments it takes; `to` is exclusive, Infinity for one that ends in `**`. */
  readonly from: number;
  readonly to: number;
  /** Takes several segments or any number: `/` in it stays, `%2F` is not decoded. */
  readonly multi: boolean;
}

/** A path template of google.api.http: `/v1/{name=shelves/*}/books/{id}:move`. */
export interface Template {
  readonly source: string;
  readonly segments: readonly Segment[];
  readonly variables: readonly Variable[];
  /** "" for none. */
  readonly verb: string;
}

export function parseTemplate(source: string): Template {
  const colon = verbAt(source);
  const verb = colon < 0 ? "" : source.slice(colon + 1);
  const path = colon < 0 ? source : source.slice(0, colon);
  if (!path.startsWith("/") || (colon >= 0 && !/^[^/:{}]+$/.test(verb))) {
    throw new Error(`${source} is no path template`);
  }
  const segments: Segment[] = [];
  const variables: Variable[] = [];
  for (const part of splitOutsideBraces(path.slice(1))) {
    const variable = /^\{([A-Za-z_][\w.]*)(?:=([^{}]+))?\}$/.exec(part);
    if (variable) {
      const pattern = (variable[2] ?? "*").split("/");
      const from = segments.length;
      segments.push(...pattern);
      const isOpen = pattern.includes("**");
      variables.push({
        fieldPath: variable[1] as string,
        from,
        to: isOpen ? Number.POSITIVE_INFINITY : segments.length,
        multi: isOpen || pattern.length > 1,
      });
    } else {
      segments.push(part);
    }
  }
  check(source, segments);
  return { source, segments, variables, verb };
}

function check(source: string, segments: readonly Segment[]): void {
  const isRoot = segments.length === 1 && segments[0] === "";
  for (const [index, segment] of segments.entries()) {
    const isWild = segment === "*" || segment === "**";
    if ((segment === "" && !isRoot) || (!isWild && /[{}*:]/.test(segment))) {
      throw new Error(`${source} is no path template: "${segment}"`);
    }
    if (segment === "**" && index !== segments.length - 1) {
      throw new Error(`${source}: ** is not at the end`);
    }
  }
}

/** The colon that begins the verb: the last one, in the last segment, outside braces. */
function verbAt(source: string): number {
  const colon = source.lastIndexOf(":");
  return colon > source.lastIndexOf("/") && colon > source.lastIndexOf("}") ? colon : -1;
}

function splitOutsideBraces(path: string): string[] {
  return path.split(/\/(?![^{]*\})/);
}
