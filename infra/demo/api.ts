// The REST surface as a shop's page would use it: HTTP and JSON, nothing generated.

export interface Answer {
  /** `POST /api/v1/orders` */
  readonly asked: string;
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: each route has its own shape
  readonly body: any;
  readonly text: string;
}

export interface Api {
  readonly url: string;
  get(path: string): Promise<Answer>;
  post(path: string, body?: object, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  /** The first event of a stream of server-sent events. */
  firstEvent(path: string): Promise<Answer>;
  as(accessToken: string): Api;
}

const TIMEOUT_MS = 10_000;

export function api(url: string, accessToken?: string): Api {
  const authorization = accessToken ? { authorization: `Bearer ${accessToken}` } : {};

  function send(method: string, path: string, init: RequestInit = {}): Promise<Response> {
    const headers = { ...authorization, ...(init.headers as Record<string, string>) };
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    return fetch(url + path, { signal, ...init, method, headers });
  }

  return {
    url,
    get: async (path) => read(`GET ${path}`, await send("GET", path)),
    async post(path, body = {}, headers = {}) {
      const type = { "content-type": "application/json", ...headers };
      const answer = await send("POST", path, { body: JSON.stringify(body), headers: type });
      return read(`POST ${path}`, answer);
    },
    async firstEvent(path) {
      const headers = { accept: "text/event-stream" };
      const answer = await send("GET", path, { headers });
      return read(`GET ${path}`, answer, await eventOf(answer));
    },
    as: (token) => api(url, token),
  };
}

async function read(asked: string, answer: Response, event?: string): Promise<Answer> {
  const text = event ?? (await answer.text());
  const isJson = /json/.test(answer.headers.get("content-type") ?? "") || event !== undefined;
  const body = isJson && text ? JSON.parse(text) : undefined;
  return { asked, status: answer.status, headers: answer.headers, body, text };
}

/** Its data; undefined where the answer is no stream. */
async function eventOf(answer: Response): Promise<string | undefined> {
  if (!/event-stream/.test(answer.headers.get("content-type") ?? "")) {
    return undefined;
  }
  let text = "";
  for await (const chunk of answer.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += chunk;
    const [, data] = /^data: ?(.*)\r?\n/m.exec(text) ?? [];
    if (data !== undefined) {
      return data;
    }
  }
  return "";
}
