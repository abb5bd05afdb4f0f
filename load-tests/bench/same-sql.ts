/**
 * What an order costs PostgreSQL alone: a pgbench script that executes the very
 * statements that the services prepare for an order, one order at a time, in
 * one database that holds the tables of all three.
 */
import { statements } from "#kit/db.ts";
import "../../services/order/deciding.ts";
import "../../services/order/opening.ts";
import "../../services/order/saga-store.ts";
import "../../services/payment/ending.ts";
import "../../services/payment/opening.ts";
import "../../services/product/stock/reserve-store.ts";
import "../../services/product/stock/settle-store.ts";

/** Real rows of one order of the mesh, so that the sizes are its own. */
export interface Sample {
  readonly items: string;
  readonly address: string;
  readonly shares: string;
  readonly placed: string;
  readonly confirmed: string;
  readonly succeeded: string;
}

const ORDER = "('bench-' || :run || '-' || :client_id || '-' || :n)";
const PAYMENT = "('pay-' || :run || '-' || :client_id || '-' || :n)";
const INTENT = "('pi_' || :run || '-' || :client_id || '-' || :n)";
const NOW = "date_trunc('milliseconds', clock_timestamp())";
const TRACE = "'00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'";

export function orderScript(sample: Sample, products: number): string {
  const calls: Readonly<Record<string, readonly string[]>> = {
    "order.open": [
      "'tradepost.order.v1.OrderService/CreateOrder'",
      "15000",
      ...lists(ORDER, "'bench'", text(sample.items), text(sample.address), "'pm_card_visa'", NOW),
      ...lists("'bench'", "null", "null", "null"),
      ...event("orders", ORDER, "tradepost.order.v1.OrderPlaced", sample.placed),
      ...lists("'a-request-id-of-thirty-six-characters'", "'AUTOMATIC'", "null"),
    ],
    "product.stock.hold": lists(ORDER, "'prod-' || :product", "2"),
    "payment.open": lists(
      PAYMENT,
      ORDER,
      "'bench'",
      "'USD'",
      "4497",
      "'pm_card_visa'",
      text(sample.shares),
      "'automatic'",
    ),
    "payment.store-intent": lists(PAYMENT, INTENT),
    "payment.record-end": [
      ...lists(PAYMENT, INTENT, "'succeeded'", `'ch_' || ${INTENT}`, "160", "''", "1"),
      ...pairs("gen_random_uuid()", PAYMENT, ORDER, "'USD'"),
      "array['charge', 'fee']",
      `array[${INTENT}, 'ch_' || ${INTENT}]`,
      "array['{cash,merchant:m,shop}', '{fees,cash}']",
      "array['{4497,-3998,-499}', '{160,-160}']",
      ...event("payments", PAYMENT, "tradepost.payment.v1.PaymentSucceeded", sample.succeeded),
      "array[]::text[]",
      "array[]::text[]",
    ],
    "order.decide": [
      ...lists(ORDER, "1", "'settle'", "'CONFIRMED'", text(sample.items), "'USD'"),
      ...lists("3998", "0", "499", "0", "4497", PAYMENT, "null", "2", NOW, "''", "'checkout'"),
      ...lists("null", "null", "null"),
      ...event("orders", ORDER, "tradepost.order.v1.OrderConfirmed", sample.confirmed),
      "'tradepost.order.v1.OrderService/CreateOrder'",
      ...lists("'OrderConfirmed'", "null", "null", ORDER, "'m'"),
    ],
    "product.stock.book": [
      `array[${ORDER}]`,
      "left(gen_random_uuid()::text, 24)",
      "(random() * 1e14)::bigint",
    ],
    "order.saga.end": lists("'checkout'", ORDER, "1"),
  };
  const names = Object.keys(calls);
  return [
    "\\set n :n + 1",
    `\\set product random(1, ${products})`,
    "\\if :n = 1",
    ...names.map((name) => `prepare "${name}" as ${oneLine(statementOf(name))};`),
    "\\endif",
    ...names.map((name) => `execute "${name}"(${cast(name, calls[name] ?? [])});`),
    "",
  ].join("\n");
}

/** Parameters as the types that the statement itself asks for. */
function cast(name: string, values: readonly string[]): string {
  const asked = statementOf(name).matchAll(/\$(\d+)::(\w+(?:\[\])?)/g);
  const types = new Map([...asked].map(([, n, type]) => [Number(n), `::${type}`]));
  return values.map((value, index) => value + (types.get(index + 1) ?? "")).join(", ");
}

function statementOf(name: string): string {
  const statement = statements.get(name);
  if (statement === undefined) {
    throw new Error(`no service prepares ${name} any more`);
  }
  return statement;
}

/** Comments end with their line, so they go first. */
function oneLine(statement: string): string {
  return statement.replace(/--.*$/gm, "").replace(/\s+/g, " ");
}

function lists(...values: string[]): string[] {
  return values.map((value) => `array[${value}]`);
}

function pairs(...values: string[]): string[] {
  return values.map((value) => `array[${value}, ${value}]`);
}

function event(topic: string, key: string, type: string, payload: string): string[] {
  return lists("gen_random_uuid()", `'${topic}'`, key, `'${type}'`, text(payload), NOW, TRACE);
}

function text(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}
