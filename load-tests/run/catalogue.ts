/** What the scripts hold answers against: the demo data and the prices of today. */
import { totalsOf } from "../../services/order/totals.ts";
import { demoProducts, demoStock } from "../../services/product/demo-products.ts";

/** Of what there is less, a run would sell out. */
const PLENTY = 1_000_000;

/** As load-tests/k6/catalogue.json has it. */
export function catalogue() {
  const products = demoProducts("").map(({ product }) => product);
  const [currency] = new Set(products.map(({ price }) => price.currency));
  if (currency === undefined) {
    throw new Error("the demo data has no product");
  }
  const stock = products.map(({ id }) => [id, demoStock(id)] as const);
  return {
    terms: {
      currency,
      shipping: Number(totalsOf(currency, []).shipping),
      scarce: Object.fromEntries(stock.filter(([, count]) => count < PLENTY)),
    },
    products: products.map(({ id, name, price, categories }) => [
      id,
      name,
      Number(price.amount),
      [...categories],
    ]),
  };
}
