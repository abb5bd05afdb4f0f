/** Lies about everything that a visit looks at, and which checks must see each of them. */
import type { Answer, Lie } from "./lying-proxy.ts";

export interface Lies {
  readonly script: "smoke" | "soak";
  readonly about: string;
  readonly lies: readonly Lie[];
  /** Checks that must fail; no others may. */
  readonly seen: readonly string[];
}

const LIST = /^GET \/api\/v1\/products$/;
const PRODUCT = /^GET \/api\/v1\/products\/prod-\d+$/;
const CART = /^PUT \/api\/v1\/cart$/;
const QUOTE = /^POST \/api\/v1\/orders:quote$/;
const CHECKOUT = /^POST \/api\/v1\/cart:checkout$/;
const ORDER = /^POST \/api\/v1\/orders$/;
const READ = /^GET \/api\/v1\/orders\/[^/]+$/;
const PAID = /^GET \/api\/v1\/orders\/[^/]+\/payments$/;
const LISTED = /^GET \/api\/v1\/orders$/;
const REFRESH = /^POST \/api\/v1\/auth\/refresh$/;
const LOGIN = /^POST \/api\/v1\/auth\/login$/;

const COSTS = ["subtotal", "discounts", "shipping", "tax", "total"];
const REFUSALS = ["nobody", "no address", "no such product", "out of stock", "declined"];
const OF_ORDER = ["whose", "address", "state", "lines", ...COSTS];

const named = (step: string, parts: readonly string[]) => parts.map((part) => `${step}: ${part}`);
const isReplayed = ({ headers }: Answer) => headers["idempotent-replayed"] === "true";
const isFirst = (answer: Answer) => answer.status === 201 && !isReplayed(answer);
const isRefusal = ({ status }: Answer) => status >= 400;

// biome-ignore lint/suspicious/noExplicitAny: of an order, a quote or a cart's quote
function dearer(shown: any): void {
  for (const part of COSTS) {
    shown[part].amount = `${BigInt(shown[part].amount) + 1n}`;
  }
}

function falsePage({ body }: Answer): void {
  const { products } = body;
  [products[2], products[3]] = [products[3], products[2]];
  products[0].price.amount = "1";
  products[1].name = "Something else";
  products.pop();
}

function falseOrder({ body }: Answer): void {
  body.userId = "somebody-else";
  body.shippingAddress.city = "LA";
  body.status = "SHIPPED";
  body.items[0].quantity += 1;
  dearer(body);
}

function otherStatus(answer: Answer): void {
  answer.status = 299;
}

/** Each person's first token, which is given out again. */
const given = new Map<string, string>();

export const LIES: readonly Lies[] = [
  {
    script: "smoke",
    about: "what is in an answer",
    lies: [
      { of: LIST, tell: falsePage },
      {
        of: PRODUCT,
        tell: ({ body }) =>
          Object.assign(body, {
            id: "prod-000",
            name: "Something else",
            price: { currencyCode: "EUR", amount: body.price.amount },
            categories: [],
            stock: 0,
          }),
      },
      {
        of: CART,
        tell({ body }) {
          body.userId = "somebody-else";
          body.items[0].quantity += 1;
          dearer(body.quote);
        },
      },
      {
        of: QUOTE,
        tell({ body }) {
          body.items[0].unitPrice.amount = "1";
          dearer(body);
        },
      },
      { of: CHECKOUT, tell: falseOrder },
      {
        of: CHECKOUT,
        tell({ headers }) {
          headers.location = "/api/v1/orders/another";
        },
      },
      { of: ORDER, when: isFirst, tell: falseOrder },
      {
        of: ORDER,
        when: isFirst,
        tell({ headers }) {
          headers.location = "/api/v1/orders/another";
        },
      },
      {
        of: ORDER,
        when: isReplayed,
        tell({ headers, body }) {
          body.createTime = "2000-01-01T00:00:00Z";
          delete headers["idempotent-replayed"];
        },
      },
      {
        of: ORDER,
        when: isRefusal,
        tell({ headers, body }) {
          headers["content-type"] = "application/json";
          body.reason = "INTERNAL";
          body.status = 500;
        },
      },
      { of: READ, tell: falseOrder },
      {
        of: READ,
        tell({ body }) {
          body.id = "another";
        },
      },
      {
        of: PAID,
        tell({ body }) {
          body.payments[0].amount.amount = "1";
        },
      },
      {
        of: LISTED,
        tell({ body }) {
          body.orders[0].total.amount = "1";
        },
      },
    ],
    seen: [
      ...named("list", ["how many", "which, in which order", "prices", "names"]),
      ...named("search", ["how many", "which, in which order", "prices", "names"]),
      ...named("product", ["id", "name", "price", "categories", "stock"]),
      ...named("cart", ["whose", "items", ...COSTS]),
      ...named("quote", ["lines", ...COSTS]),
      ...named("checkout", ["location", ...OF_ORDER]),
      ...named("order", ["location", ...OF_ORDER]),
      ...named("order again", ["the same", "replayed"]),
      ...named("read", ["id", "paid", ...OF_ORDER]),
      "paid: one payment",
      "listed: the newest",
      ...REFUSALS.flatMap((what) => named(`refused, ${what}`, ["reason", "problem", "told as"])),
    ],
  },
  {
    script: "smoke",
    about: "statuses",
    lies: [LIST, PRODUCT, CART, QUOTE, ORDER, READ, PAID, LISTED].map((of) => ({
      of,
      tell: otherStatus,
    })),
    seen: [
      ...["list", "search", "product", "cart", "quote", "order", "order again", "read"],
      ...["paid", "listed", ...REFUSALS.map((what) => `refused, ${what}`)],
    ]
      .map((step) => `${step}: status`)
      // Where no order was seen, there is none to be the same.
      .concat("order again: the same"),
  },
  {
    script: "smoke",
    about: "the status of a checkout",
    lies: [{ of: CHECKOUT, tell: otherStatus }],
    seen: ["checkout: status"],
  },
  {
    script: "soak",
    about: "a new session",
    lies: [
      { of: LOGIN, tell: ({ body }) => void given.set(body.user.id, body.accessToken) },
      {
        of: REFRESH,
        tell(answer) {
          answer.status = 299;
          answer.body.accessToken = given.get(answer.body.user.id);
          answer.body.user.id = "somebody-else";
        },
      },
    ],
    seen: named("refresh", ["status", "same person", "new token"]),
  },
];
