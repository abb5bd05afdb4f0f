import { type Article, articles } from "./demo-articles.ts";
import { type Change, create } from "./product.ts";

/** Added to an article's price, in cents. */
const finishes = [
  { name: "Moss", extraCents: 0 },
  { name: "Chalk", extraCents: 150 },
  { name: "Ink", extraCents: 250 },
  { name: "Clay", extraCents: 400 },
  { name: "Midnight", extraCents: 690 },
] as const;

const firstDay = Date.UTC(2026, 0, 5, 9);
const dayMs = 86_400_000;

/** `prod-001` … `prod-200`: every article in one finish, then in the next. */
export function demoProducts(merchantId: string): Change[] {
  return finishes.flatMap((finish, round) =>
    articles.map((article, index) => {
      const number = round * articles.length + index + 1;
      const id = `prod-${String(number).padStart(3, "0")}`;
      const now = new Date(firstDay + number * dayMs);
      return create(draftOf(article, finish, number), { id, merchantId, now });
    }),
  );
}

/** A million of each, but one of `prod-199` and none of `prod-200`. */
export function demoStock(id: string): number {
  return { "prod-199": 1, "prod-200": 0 }[id] ?? 1_000_000;
}

function draftOf(article: Article, { name: finish, extraCents }: Finish, number: number) {
  const { name, categories, cents, material, about } = article;
  const sku = `${name.slice(0, 3).toUpperCase()}-${finish.slice(0, 3).toUpperCase()}-${number}`;
  return {
    sku,
    name: `${name}, ${finish}`,
    description: `${about}. Made of ${material}, in ${finish.toLowerCase()}.`,
    price: { currency: "USD", amount: BigInt(cents + extraCents) },
    categories,
    attributes: { material, finish },
  };
}

type Finish = (typeof finishes)[number];
