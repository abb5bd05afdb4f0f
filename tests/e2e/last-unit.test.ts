import assert from "node:assert/strict";
import { before, describe, it } from "mocha";
import type { Mesh } from "../../infra/dev/mesh.ts";
import { readProvider } from "../../infra/verify/provider.ts";
import { theMesh } from "./mesh.ts";
import { inParallel, rounds } from "./parallel.ts";
import { place } from "./patient-client.ts";
import type { Answer, Rest } from "./rest.ts";

const ROUNDS = rounds({ gate: 20, full: 200 });
const BUYERS = 50;

describe("the last unit", function () {
  this.timeout(600_000);
  let mesh: Mesh;
  let buyers: Rest[];
  let merchant: Rest;
  before(async () => {
    const { mesh: started, api } = await theMesh();
    mesh = started;
    merchant = await api.as("merchant@tradepost.dev");
    buyers = await inParallel(BUYERS, 4, async (n) => {
      const email = `buyer-${n}-${process.pid}@example.com`;
      const password = "seventeen-purple-kettles";
      const person = { email, password, fullName: `Buyer ${n}` };
      const { status, text } = await api.post("/api/v1/auth/register", person);
      assert.equal(status, 201, text);
      return api.as(email, password);
    });
  });

  async function newProduct(stock: number): Promise<string> {
    const { status, body, text } = await merchant.post("/api/v1/products", {
      sku: `LAST-${process.pid}-${created++}`,
      name: "The last one",
      price: { currencyCode: "USD", amount: "1999" },
      stock,
    });
    assert.equal(status, 201, text);
    return body.id;
  }
  let created = 0;

  it(`goes to exactly one of ${BUYERS} buyers, in each of ${ROUNDS} rounds; nobody else is charged`, async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const product_id = await newProduct(1);
      const answers = await Promise.all(
        buyers.map((buyer) => place(buyer, { items: [{ product_id, quantity: 1 }] })),
      );
      const won = answers.filter(({ status }) => status === 201);
      const lost = answers.filter(({ status }) => status === 409);
      assert.deepEqual([won.length, lost.length], [1, BUYERS - 1], texts(answers));
      assert.ok(lost.every(({ body }) => body.reason === "OUT_OF_STOCK"));
      await noneOfThemHasACharge(lost.map(({ body }) => body.metadata.orderId));
      const { body } = await merchant.get(`/api/v1/products/${product_id}`);
      assert.equal(body.stock, 0);
    }
  });

  it("of twenty hot products never deadlocks before a caller's eyes", async () => {
    const products = await inParallel(20, 4, () => newProduct(1_000));
    const answers = await inParallel(240, 8, (n) => {
      // Five of the twenty, each order beginning elsewhere and half of them backwards.
      const some = [0, 3, 7, 11, 16].map((step) => products[(n + step) % 20] as string);
      const items = (n % 2 ? some : some.reverse()).map((product_id) => ({
        product_id,
        quantity: 1,
      }));
      return place(buyers[n % BUYERS] as Rest, { items });
    });
    assert.deepEqual([...new Set(answers.map(({ status }) => status))], [201], texts(answers));
  });

  async function noneOfThemHasACharge(ids: readonly string[]): Promise<void> {
    const { orders } = await readProvider(mesh.stripe.url);
    assert.deepEqual(
      ids.filter((id) => id in orders),
      [],
    );
  }
});

/** The answers that were neither. */
function texts(answers: readonly Answer[]): string {
  return answers
    .filter(({ status }) => status !== 201 && status !== 409)
    .map(({ text }) => text)
    .join("\n");
}
