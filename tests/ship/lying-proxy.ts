/** Stands before a gateway and changes what it answers: who checks answers must notice. */
import { createServer, type IncomingMessage, request } from "node:http";
import type { AddressInfo } from "node:net";

export interface Answer {
  status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  // biome-ignore lint/suspicious/noExplicitAny: a lie may be told of any field
  body: any;
}

export interface Lie {
  /** `GET /api/v1/cart`: method and path, without what follows a `?`. */
  readonly of: RegExp;
  /** Of such answers only. */
  readonly when?: (answer: Answer) => boolean;
  readonly tell: (answer: Answer) => void;
}

export interface LyingProxy {
  readonly url: string;
  stop(): Promise<void>;
}

export async function lieBefore(url: string, lies: readonly Lie[]): Promise<LyingProxy> {
  const server = createServer(async (asked, response) => {
    const about = `${asked.method} ${asked.url?.replace(/\?.*/, "")}`;
    try {
      const answer = await forward(url, asked);
      const told = lies.filter(({ of, when }) => of.test(about) && (when?.(answer) ?? true));
      for (const { tell } of told) {
        tell(answer);
      }
      const text = JSON.stringify(answer.body);
      const { "content-length": _, "transfer-encoding": __, ...headers } = answer.headers;
      response.writeHead(answer.status, { ...headers, "content-length": Buffer.byteLength(text) });
      response.end(text);
    } catch (error) {
      response.writeHead(502).end(String(error));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function forward(url: string, asked: IncomingMessage): Promise<Answer> {
  const { method, headers } = asked;
  const passing = request(`${url}${asked.url}`, { method: method ?? "GET", headers });
  asked.pipe(passing);
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    passing.once("response", resolve);
    passing.once("error", reject);
  });
  const chunks: Buffer[] = [];
  for await (const chunk of answer) {
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks).toString();
  return {
    status: answer.statusCode ?? 0,
    headers: answer.headers,
    body: text === "" ? {} : JSON.parse(text),
  };
}
