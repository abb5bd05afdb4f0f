// Fills the cart, asks what it costs, orders it, and sees the order paid and in the list.
import { sleep } from "k6";
import { anyItems, costOf, money } from "./catalogue.js";
import { expect } from "./expect.js";
import { costParts, lineParts, orderParts, shippingAddress } from "./order-parts.js";

/** How often a person looks whether the order went through, and how long between two looks. */
const looks = 20;
const lookSeconds = 0.5;

/** `key`: of the order, so that asking again orders nothing twice. */
export function buy(client, person, random, think, key) {
  const items = anyItems(random);
  fillCart(client, person, items);
  think(random);
  quote(client, person, items);
  think(random);
  const order = checkout(client, person, items, key);
  if (order) {
    read(client, person, items, order.id);
    paid(client, person, items, order.id);
    think(random);
    listed(client, person, items, order.id);
  }
}

function fillCart(client, { accessToken: token, userId }, items) {
  const { status, body } = client.put("cart", "/api/v1/cart", { token, body: { items } });
  const parts = { whose: [body.userId, userId], items: [body.items, items] };
  const costs = costParts(body.quote, items);
  expect("cart", { status: [status, 200], ...parts, ...costs }, client.tags);
}

export function quote(client, { accessToken: token }, items) {
  const asked = { token, body: { items, shippingAddress } };
  const { status, body } = client.post("quote", "/api/v1/orders:quote", asked);
  const parts = { ...lineParts(body, items), ...costParts(body, items) };
  expect("quote", { status: [status, 200], ...parts }, client.tags);
}

/** The order, if there is one. */
function checkout(client, person, items, key) {
  const body = { shippingAddress, paymentMethod: "pm_card_visa" };
  const answer = client.post("checkout", "/api/v1/cart:checkout", asked(person, key, body));
  return placed("checkout", client, person, items, answer);
}

/** As `checkout`, without a cart. */
export function order(client, person, items, key) {
  const body = { items, shippingAddress, paymentMethod: "pm_card_visa" };
  const answer = client.post("order", "/api/v1/orders", asked(person, key, body));
  return placed("order", client, person, items, answer);
}

function asked({ accessToken: token }, key, body) {
  return { token, key, body };
}

function placed(step, client, person, items, { status, headers, body }) {
  const location = [headers.Location, `/api/v1/orders/${body.id}`];
  const parts = orderParts(body, person, items);
  expect(step, { status: [status, 201], location, ...parts }, client.tags);
  return status === 201 ? body : undefined;
}

/** Until it is known how the order ended. */
function read(client, person, items, id) {
  const { accessToken: token } = person;
  const ask = () => client.get("read", `/api/v1/orders/${id}`, { token });
  let answer = ask();
  for (let left = looks; left > 0 && answer.body.status === "PENDING"; left--) {
    sleep(lookSeconds);
    answer = ask();
  }
  const { status, body } = answer;
  const ended = { status: [status, 200], id: [body.id, id], paid: [body.status, "CONFIRMED"] };
  expect("read", { ...ended, ...orderParts(body, person, items) }, client.tags);
}

function paid(client, { accessToken: token, userId }, items, id) {
  const { status, body } = client.get("paid", `/api/v1/orders/${id}/payments`, { token });
  const found = (body.payments || []).map((payment) => ({
    orderId: payment.orderId,
    userId: payment.userId,
    status: payment.status,
    amount: payment.amount,
    refunded: payment.refunded,
  }));
  const { total: amount } = costOf(items);
  const wanted = [{ orderId: id, userId, status: "SUCCEEDED", amount, refunded: money(0) }];
  expect("paid", { status: [status, 200], "one payment": [found, wanted] }, client.tags);
}

/** Newest first, and nobody else orders for this person. */
function listed(client, { accessToken: token }, items, id) {
  const { status, body } = client.get("listed", "/api/v1/orders?pageSize=5", { token });
  const [newest] = body.orders || [];
  const shown = newest && { id: newest.id, status: newest.status, total: newest.total };
  const { total } = costOf(items);
  const wanted = { id, status: "CONFIRMED", total };
  expect("listed", { status: [status, 200], "the newest": [shown, wanted] }, client.tags);
}
