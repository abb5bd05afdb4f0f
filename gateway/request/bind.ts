/** An HTTP request → the bytes of its rpc's request message. */
import { create, type DescField, type Message, toBinary } from "@bufbuild/protobuf";
import type { Request } from "express";
import type { HttpRule } from "../../services/kit/rpc-options.ts";
import type { Rpc } from "../contract/contract.ts";
import { fieldReader, type Local, setField } from "../json/fields.ts";
import { type Json, parseJson } from "../json/parse.ts";
import type { Place, Readers } from "../json/read.ts";
import { Violations } from "../problems/problem.ts";
import type { Template } from "../routes/template.ts";
import { hasBody, readBody, requireJson } from "./body.ts";
import { ifMatch, maskField, maskOf, textField } from "./conventions.ts";
import { PathBinder } from "./path.ts";
import { QueryBinder } from "./query.ts";
import { isHttpBody, rawBody } from "./raw-body.ts";
import { jsonName } from "./text.ts";

type TakeBody = (message: Message, body: Buffer, req: Request, violations: Violations) => void;

export class RequestBinder {
  readonly #rpc: Rpc;
  readonly #path: PathBinder;
  readonly #query: QueryBinder;
  readonly #takeBody: TakeBody;
  readonly #etag: DescField | undefined;
  readonly #cursor: DescField | undefined;

  constructor(rpc: Rpc, rule: HttpRule, template: Template, readers: Readers) {
    const { input } = rpc.method;
    const mask = rule.method === "PATCH" ? maskField(input) : undefined;
    const bodyField = bodyFieldOf(rpc, rule);
    this.#rpc = rpc;
    this.#path = new PathBinder(template, input, readers);
    const taken = this.#path.paths.map(jsonName);
    taken.push(...[mask, bodyField].flatMap((field) => field?.jsonName ?? []));
    this.#query = new QueryBinder(input, rule.body === "*" ? ["*"] : taken, readers);
    this.#takeBody = bodyTaker(rpc, rule, bodyField, mask, readers);
    this.#etag = textField(input, "etag");
    this.#cursor = rpc.method.methodKind === "unary" ? undefined : textField(input, "cursor");
  }

  /**
   * @param segments the path's, still encoded
   * @param query without the question mark
   */
  async bind(req: Request, segments: readonly string[], query: string): Promise<Uint8Array> {
    const { input } = this.#rpc.method;
    const message = create(input);
    const violations = new Violations();
    const body = hasBody(req) ? await readBody(req) : undefined;
    this.#takeBody(message, body ?? none, req, violations);
    this.#path.bind(message, segments, violations);
    if (query !== "") {
      this.#query.bind(message, query, violations);
    }
    this.#takeHeaders(message as unknown as Local, req, violations);
    violations.throwIfAny();
    return toBinary(input, message);
  }

  #takeHeaders(message: Local, req: Request, violations: Violations): void {
    const etag = this.#etag && ifMatch(req, violations);
    if (this.#etag && etag !== undefined) {
      setField(message, this.#etag, etag);
    }
    const cursor = req.headers["last-event-id"];
    if (this.#cursor && typeof cursor === "string" && cursor !== "") {
      setField(message, this.#cursor, cursor);
    }
  }
}

const none = Buffer.alloc(0);

/** The request's field that is the body, where the rule names one. */
export function bodyFieldOf({ method }: Rpc, rule: HttpRule): DescField | undefined {
  if (rule.body === "" || rule.body === "*") {
    return undefined;
  }
  const field = method.input.fields.find(({ name }) => name === rule.body);
  if (!field) {
    throw new Error(`${method.input.typeName} has no field ${rule.body} to be a body`);
  }
  return field;
}

function bodyTaker(
  { method }: Rpc,
  rule: HttpRule,
  field: DescField | undefined,
  mask: DescField | undefined,
  readers: Readers,
): TakeBody {
  const { input } = method;
  const raw = field?.message;
  if (field && isHttpBody(raw)) {
    return (message, body, req) =>
      setField(message as unknown as Local, field, rawBody(raw, body, req));
  }
  if (rule.body === "*" && isHttpBody(input)) {
    return (message, body, req) => Object.assign(message, rawBody(input, body, req));
  }
  if (rule.body === "") {
    return takeNothing;
  }
  const whole = readers.of(input);
  const read = field && fieldReader(field, readers);
  const maskReader = field?.fieldKind === "message" ? readers.of(field.message) : whole;
  return (message, body, req, violations) => {
    const json = jsonOf(body, req);
    const place: Place = { steps: [], violations };
    if (json === null) {
      violations.add("", "type", "must not be null");
    } else if (read) {
      read.read(message as unknown as Local, json, place);
    } else {
      whole.merge(json, message, place);
    }
    if (mask) {
      setField(message as unknown as Local, mask, maskOf(json, maskReader));
    }
  };
}

/** A route without a body: whatever a body says is not known. */
function takeNothing(_message: Message, body: Buffer, req: Request, violations: Violations): void {
  const json = jsonOf(body, req);
  if (json === null || typeof json !== "object" || Array.isArray(json)) {
    violations.add("", "type", "must be an empty object, or nothing");
    return;
  }
  for (const name of Object.keys(json)) {
    violations.unknown(name);
  }
}

function jsonOf(body: Buffer, req: Request): Json {
  if (body.length === 0) {
    return {};
  }
  requireJson(req);
  return parseJson(body);
}
