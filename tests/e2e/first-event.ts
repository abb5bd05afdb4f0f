/** The id and the data of the first server-sent event that is wanted; then goes away. */
export async function firstEvent<Data>(
  stream: Response,
  isWanted: (data: Data) => boolean,
): Promise<[id: string, data: Data]> {
  let text = "";
  for await (const chunk of (stream.body as ReadableStream<Uint8Array>).pipeThrough(
    new TextDecoderStream(),
  )) {
    text += chunk;
    for (const [, id = "", json = ""] of text.matchAll(/^id: (.*)\ndata: (.*)\n\n/gm)) {
      const data = JSON.parse(json) as Data;
      if (isWanted(data)) {
        return [id, data];
      }
    }
  }
  throw new Error(`the stream ended after ${text}`);
}
