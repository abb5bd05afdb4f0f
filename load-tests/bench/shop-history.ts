/** The events of a made-up shop's half day: always the same ones, in the order they happened. */
import type { OutgoingRecord } from "#kit/records.ts";
import { random } from "../../tests/chaos/random.ts";
import { type Counts, type Life, lifeOf, ORDER, type Template, USER } from "./order-life.ts";

export interface History {
  readonly events: number;
  /** By currency. */
  readonly expected: ReadonlyMap<string, Counts>;
  records(): Generator<OutgoingRecord>;
}

/** One order's event: which of its life's, and when. */
interface Moment {
  readonly order: number;
  readonly at: number;
  readonly time: number;
}

const FIRST = Date.UTC(2026, 0, 5, 8);
const APART_MS = 600;
const LIVES = 512;
const BUYERS = 10_000;
/** Of so many events one is sent twice, as a relay does that was killed. */
const TWICE = 100;

export function historyOf(orders: number): History {
  const chance = random("a half day");
  const lives = Array.from({ length: LIVES }, () => lifeOf(chance));
  const lifeAt = (order: number) => lives[order % LIVES] as Life;
  const moments: Moment[] = [];
  const expected = new Map<string, Counts>();
  for (let order = 0; order < orders; order++) {
    const { templates, currency, counts } = lifeAt(order);
    for (const [at, { afterMs }] of templates.entries()) {
      moments.push({ order, at, time: FIRST + order * APART_MS + afterMs });
    }
    const sum = expected.get(currency) ?? { orders: 0, revenue: 0n, refunded: 0n };
    expected.set(currency, {
      orders: sum.orders + counts.orders,
      revenue: sum.revenue + counts.revenue,
      refunded: sum.refunded + counts.refunded,
    });
  }
  moments.sort((a, b) => a.time - b.time || a.order - b.order || a.at - b.at);
  return {
    events: moments.length + Math.ceil(moments.length / TWICE),
    expected,
    *records() {
      for (const [n, { order, at, time }] of moments.entries()) {
        const record = recordOf(lifeAt(order).templates[at] as Template, order, at, time);
        yield record;
        if (n % TWICE === 0) {
          yield record;
        }
      }
    },
  };
}

function recordOf(template: Template, order: number, at: number, time: number): OutgoingRecord {
  const { topic, type, text } = template;
  const orderId = `order-${order.toString().padStart(22, "0")}`;
  const key = topic === "orders" ? orderId : `pay-${orderId}`;
  const hex = (value: number, digits: number) => value.toString(16).padStart(digits, "0");
  const id = `${hex(time, 12)}7${hex(at, 3)}8000${hex(order, 12)}`;
  return {
    topic,
    key,
    value: text
      .replaceAll(ORDER, orderId)
      .replaceAll(USER, `user-${((order * 7_919) % BUYERS).toString().padStart(20, "0")}`),
    headers: {
      "content-type": "application/json",
      ce_specversion: "1.0",
      ce_id: id.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5"),
      ce_type: type,
      ce_source: topic === "orders" ? "/tradepost/order" : "/tradepost/payment",
      ce_subject: key,
      ce_time: new Date(time).toISOString(),
      traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    },
  };
}
