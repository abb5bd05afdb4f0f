// Straight to the services over mutual TLS, without the gateway: what that costs is the difference.

import { oneProduct, productParts } from "./lib/browsing.js";
import { anyItems, anyProduct, byPrice } from "./lib/catalogue.js";
import { expect, turn } from "./lib/expect.js";
import { costParts, lineParts, orderParts, shippingAddress } from "./lib/order-parts.js";
import { me, registerPeople } from "./lib/people.js";
import { randomOfThisTurn } from "./lib/random.js";
import { reportOf } from "./lib/report.js";
import { client } from "./lib/rest.js";
import { call, ok } from "./lib/services.js";
import { grpcFloors, steady } from "./lib/shape.js";
import { keyOfThisTurn } from "./lib/visit.js";

export const options = steady(8, "30s", grpcFloors);
export const setup = registerPeople;
export const handleSummary = reportOf("grpc");

export default turn((people) => {
  const random = randomOfThisTurn();
  const person = me(people, client({ turn: 0 }));
  const listed = call("ProductService", "ListProducts", { sort: "price", pageSize: 20 });
  expect("ListProducts", {
    status: [listed.status, ok],
    ...productParts(listed.message, byPrice(), 20),
  });
  const product = anyProduct(random);
  const shown = call("ProductService", "GetProduct", { id: product.id });
  expect("GetProduct", {
    status: [shown.status, ok],
    ...oneProduct(shown.message.product || {}, product),
  });
  buy(person, anyItems(random));
});

function buy(person, items) {
  const { accessToken: token } = person;
  const quoted = call("OrderService", "QuoteOrder", { items, shippingAddress }, { token });
  const { quote = {} } = quoted.message;
  expect("QuoteOrder", {
    status: [quoted.status, ok],
    ...lineParts(quote, items),
    ...costParts(quote, items),
  });
  const wanted = { items, shippingAddress, paymentMethod: "pm_card_visa" };
  const placed = call("OrderService", "CreateOrder", wanted, { token, key: keyOfThisTurn() });
  const { order = {} } = placed.message;
  expect("CreateOrder", { status: [placed.status, ok], ...orderParts(order, person, items) });
  if (order.status === "CONFIRMED") {
    const read = call("OrderService", "GetOrder", { id: order.id }, { token });
    expect("GetOrder", {
      status: [read.status, ok],
      "the same": [read.message.order || {}, order],
    });
  }
}
