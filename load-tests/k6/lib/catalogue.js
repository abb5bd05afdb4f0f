// What the demo data sells: the prices that answers are held against.
import { oneOf } from "./random.js";

// Each client has its own: every look into one of k6's shared arrays is a copy, and the copies were
// three tenths of what k6 took of the processors.
const { terms, products: rows } = JSON.parse(open(import.meta.resolve("../catalogue.json")));
const products = rows.map(([id, name, price, categories]) => ({ id, name, price, categories }));

const byId = {};
for (const product of products) {
  byId[product.id] = product;
}
const cheapestFirst = [...products].sort((a, b) => a.price - b.price || (a.id < b.id ? -1 : 1));
const newestFirst = [...products].reverse();
const plenty = products.filter(({ id }) => terms.scarce[id] === undefined);

export function productOf(id) {
  return byId[id];
}

/** One of which there is plenty. */
export function anyProduct(random) {
  return oneOf(plenty, random);
}

/** One to three products, one to three of each, in a cart's form. */
export function anyItems(random) {
  const items = {};
  for (let lines = 1 + Math.floor(random() * 3); lines > 0; lines--) {
    items[anyProduct(random).id] = 1 + Math.floor(random() * 3);
  }
  return Object.entries(items).map(([productId, quantity]) => ({ productId, quantity }));
}

/** Those of which there is little or nothing, and how much. */
export function scarce() {
  return Object.entries(terms.scarce).map(([id, stock]) => ({ id, stock }));
}

/** The cheapest first, and of equal ones the one with the smaller id. */
export function byPrice() {
  return cheapestFirst;
}

/** The newest first. */
export function inCategory(category) {
  return newestFirst.filter(({ categories }) => categories.includes(category));
}

/** Those of the demo data; somebody may have added others. */
export function known(shown) {
  return (shown || []).filter(({ id }) => byId[id] !== undefined);
}

/** What a list must show of the demo data if it shows so many of it. */
export function first(wanted, shown) {
  return wanted.slice(0, known(shown).length).map(({ id }) => id);
}

export function money(amount) {
  return { currencyCode: terms.currency, amount: String(amount) };
}

/** What items must cost, as an order, a quote and a cart say it. */
export function costOf(items) {
  const subtotal = items.reduce((sum, { productId, quantity }) => {
    return sum + byId[productId].price * quantity;
  }, 0);
  return {
    subtotal: money(subtotal),
    discounts: money(0),
    shipping: money(terms.shipping),
    tax: money(0),
    total: money(subtotal + terms.shipping),
  };
}
