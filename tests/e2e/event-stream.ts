/** Server-sent events, as an EventSource reads them. */
import type { Mesh } from "../../infra/dev/mesh.ts";
import { rest } from "./rest.ts";

interface StreamEvent<Data> {
  readonly id: string;
  readonly data: Data;
}

/** Opens streams in one person's name. */
export async function watcher(
  { gatewayUrl }: Mesh,
  email: string,
): Promise<(path: string, lastId?: string) => Promise<Response>> {
  const { body } = await rest(gatewayUrl).post("/api/v1/auth/login", {
    email,
    password: "tradepost-demo-1",
  });
  return (path, lastId) =>
    fetch(`${gatewayUrl}${path}`, {
      headers: {
        accept: "text/event-stream",
        authorization: `Bearer ${body.accessToken}`,
        ...(lastId === undefined ? {} : { "last-event-id": lastId }),
      },
    });
}

/** Ends with the stream; going away from it closes it. */
export async function* eventsOf<Data>({ body }: Response): AsyncGenerator<StreamEvent<Data>> {
  let text = "";
  for await (const chunk of (body as ReadableStream<Uint8Array>).pipeThrough(
    new TextDecoderStream(),
  )) {
    const blocks = `${text}${chunk}`.split("\n\n");
    text = blocks.pop() ?? "";
    for (const block of blocks) {
      const [, id, data] = /^id: (.*)\ndata: (.*)$/m.exec(block) ?? [];
      if (id !== undefined && data !== undefined) {
        yield { id, data: JSON.parse(data) as Data };
      }
    }
  }
}

/** The id and the data of the first event that is wanted; then goes away. */
export async function firstEvent<Data>(
  stream: Response,
  isWanted: (data: Data) => boolean,
): Promise<[id: string, data: Data]> {
  for await (const { id, data } of eventsOf<Data>(stream)) {
    if (isWanted(data)) {
      return [id, data];
    }
  }
  throw new Error("the stream has ended");
}
