/** A client of the REST surface that knows nothing but HTTP and JSON. */

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into any answer
  readonly body: any;
  readonly text: string;
}

export interface Rest {
  get(path: string, headers?: Record<string, string>): Promise<Answer>;
  post(path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  send(method: string, path: string, init?: RequestInit): Promise<Answer>;
  /** The same, signed in. */
  as(email: string, password?: string): Promise<Rest>;
}

export function rest(baseUrl: string, authorization?: string): Rest {
  async function send(method: string, path: string, init: RequestInit = {}): Promise<Answer> {
    const headers = new Headers(init.headers);
    if (authorization) {
      headers.set("authorization", authorization);
    }
    const answer = await fetch(`${baseUrl}${path}`, { ...init, method, headers });
    const text = await answer.text();
    const isJson = /json/.test(answer.headers.get("content-type") ?? "") && !/ndjson/.test(text);
    return {
      status: answer.status,
      headers: answer.headers,
      body: isJson && text ? JSON.parse(text) : undefined,
      text,
    };
  }

  const post: Rest["post"] = (path, body = {}, headers = {}) =>
    send("POST", path, {
      body: JSON.stringify(body),
      headers: { "content-type": "application/json", ...headers },
    });

  return {
    send,
    post,
    get: (path, headers = {}) => send("GET", path, { headers }),
    async as(email, password) {
      return rest(baseUrl, `Bearer ${await tokenOf({ post }, email, password)}`);
    },
  };
}

/** What somebody proves by that they are signed in. */
export async function tokenOf(
  { post }: Pick<Rest, "post">,
  email: string,
  password = "tradepost-demo-1",
): Promise<string> {
  const { body } = await post("/api/v1/auth/login", { email, password });
  return body.accessToken;
}

/** The body of POST /api/v1/orders as the REST surface's page prints it. */
export const printedOrder = {
  user_id: "user-123",
  items: [{ product_id: "prod-001", quantity: 2 }],
  shipping_address: {
    street: "123 Main St",
    city: "SF",
    state: "CA",
    zip: "94105",
    country: "USA",
  },
  payment_method: "pm_card_visa",
};

/** Asks again until the answer is as wanted; fails after `ms` with what it last was. */
export async function eventually<T>(
  ask: () => Promise<T>,
  isWanted: (value: T) => boolean,
  ms = 10_000,
): Promise<T> {
  const until = Date.now() + ms;
  for (;;) {
    const value = await ask();
    if (isWanted(value)) {
      return value;
    }
    if (Date.now() > until) {
      throw new Error(
        `not within ${ms} ms; last: ${JSON.stringify(value, bigints)?.slice(0, 2_000)}`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function bigints(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? value.toString() : value;
}
