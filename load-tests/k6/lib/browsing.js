// Lists, looks for something, looks at one product: nobody has to sign in for that.
import { anyProduct, byPrice, first, inCategory, known, money, productOf } from "./catalogue.js";
import { expect } from "./expect.js";
import { oneOf } from "./random.js";

export function browse(client, random, think) {
  list(client);
  think(random);
  search(client, random);
  think(random);
  look(client, random);
  think(random);
}

export function list(client) {
  const answer = client.get("list", "/api/v1/products?sort=price&pageSize=20");
  expect(
    "list",
    { status: [answer.status, 200], ...productParts(answer.body, byPrice(), 20) },
    client.tags,
  );
}

function search(client, random) {
  const category = oneOf(anyProduct(random).categories, random);
  const path = `/api/v1/products?category=${encodeURIComponent(category)}&pageSize=100`;
  const { status, body } = client.get("search", path);
  const wanted = inCategory(category);
  const parts = productParts(body, wanted, wanted.length);
  expect("search", { status: [status, 200], ...parts }, client.tags);
}

export function look(client, random) {
  const product = anyProduct(random);
  const { status, body } = client.get("product", `/api/v1/products/${product.id}`);
  expect("product", { status: [status, 200], ...oneProduct(body, product) }, client.tags);
}

/** What a list must show: products of the demo data as they are there, in this order. */
export function productParts({ products }, wanted, least) {
  const shown = known(products);
  return {
    "how many": [(products || []).length >= least, true],
    "which, in which order": [shown.map(({ id }) => id), first(wanted, products)],
    prices: [shown.map(({ price }) => price), shown.map(({ id }) => money(productOf(id).price))],
    names: [shown.map(({ name }) => name), shown.map(({ id }) => productOf(id).name)],
  };
}

export function oneProduct(shown, { id, name, price, categories }) {
  return {
    id: [shown.id, id],
    name: [shown.name, name],
    price: [shown.price, money(price)],
    categories: [shown.categories, categories],
    stock: [shown.stock > 0, true],
  };
}
