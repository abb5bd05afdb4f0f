/** What a run's clients find: articles that are short, and accounts. */
import type { Mesh } from "../../infra/dev/mesh.ts";
import { ask, type Request } from "./http.ts";
import type { Random } from "./random.ts";

export const CLIENTS = 12;
const SKUS = 20;
const UNITS = 50;
/** Everybody wants these. */
const HOT = 3;

interface Article {
  readonly id: string;
  readonly price: number;
}

export interface Shop {
  readonly articles: readonly Article[];
  readonly hot: readonly Article[];
  /** One for each client. */
  readonly tokens: readonly string[];
  readonly merchant: string;
  readonly support: string;
}

const DEMO_PASSWORD = "tradepost-demo-1";

export async function openShop(mesh: Mesh, random: Random): Promise<Shop> {
  const send = async (request: Request) => {
    const known = await ask(mesh.gatewayUrl, request);
    if (known.outcome !== "ok") {
      const why = `${known.status} ${known.reason}`;
      throw new Error(`${request.method} ${request.path} was answered ${why}`);
    }
    return known.body;
  };
  const post = (path: string, body: object, token?: string) =>
    send({ method: "POST", path, body, ...(token && { token }) });
  const login = async (email: string, password = DEMO_PASSWORD) =>
    (await post("/api/v1/auth/login", { email, password })).accessToken as string;

  const [merchant, support] = await Promise.all(
    ["merchant", "support"].map((name) => login(`${name}@tradepost.dev`)),
  );
  const prices = Array.from({ length: SKUS }, () => random.between(1, 9_999));
  const articles = await Promise.all(
    prices.map(async (price, index): Promise<Article> => {
      const product = {
        sku: `chaos-${index}`,
        name: `Article ${index}`,
        description: "Wanted by many",
        price: { currencyCode: "USD", amount: String(price) },
        categories: [],
        attributes: {},
        stock: UNITS,
      };
      return { id: (await post("/api/v1/products", product, merchant)).id, price };
    }),
  );
  const tokens: string[] = [];
  for (let client = 0; client < CLIENTS; client++) {
    const email = `client-${client}@chaos.example`;
    const password = `chaos-run-${client}-pass`;
    await post("/api/v1/auth/register", { email, password, fullName: `Client ${client}` });
    tokens.push(await login(email, password));
  }
  return {
    articles,
    hot: articles.slice(0, HOT),
    tokens,
    merchant: merchant ?? "",
    support: support ?? "",
  };
}
