/** Orders' and payments' events as a shop has them on a bad day, the same ones for the same seed. */
import { OrderEvent } from "#gen/tradepost/order/v1/events.ts";
import { PaymentEvent } from "#gen/tradepost/payment/v1/events.ts";
import { jsonCodec } from "#kit/json.ts";
import { type Random, random } from "../chaos/random.ts";

export interface Event {
  readonly topic: "orders" | "payments";
  readonly partition: number;
  readonly key: string;
  readonly id: string;
  readonly time: Date;
  readonly value: string;
}

export const START = Date.UTC(2026, 0, 5, 9);
export const SPAN_MS = 90 * 60_000;
/** Nobody writes to the last one. */
export const BUSY_PARTITIONS = 5;
/** So many events are under way at once, and arrive in any order. */
const UNDER_WAY = 400;
const REPEATED = 0.06;
const LATE = 0.03;
const FAR_AHEAD = Date.UTC(2100, 0, 1);

const CURRENCIES = ["USD", "EUR", "JPY"];
const MERCHANTS = ["", "m1", "m2", "m3", "m4", "m5"];
const orderJson = jsonCodec(OrderEvent);
const paymentJson = jsonCodec(PaymentEvent);

/** Exactly so many, repeats included. */
export function* events(count: number, seed: string): Generator<Event> {
  const chance = random(seed);
  // Some repeats come at once, others when their windows are long closed.
  const underWay: Event[] = [];
  const waiting: Event[] = [];
  let told = 0;
  for (let order = 0; told < count; order++) {
    // About three events of each order.
    underWay.push(...lifeOf(order, START + (SPAN_MS * order * 3.2) / count, chance));
    while (underWay.length > UNDER_WAY && told < count) {
      const at = chance.between(0, underWay.length - 1);
      const [event] = underWay.splice(at, 1) as [Event];
      yield event;
      told += 1;
      if (chance.next() < REPEATED) {
        (chance.next() < 0.5 ? underWay : waiting).push(event);
      }
    }
    if (waiting.length > 2_000) {
      underWay.push(...waiting.splice(0, 1_000));
    }
  }
}

let numbered = 0;

function lifeOf(order: number, about: number, chance: Random): Event[] {
  const orderId = `order-${order}`;
  const currencyCode = chance.pick(CURRENCIES);
  const money = (amount: number) => ({ currencyCode, amount: BigInt(amount) });
  const items = Array.from({ length: chance.between(1, 4) }, (_, line) => ({
    productId: `p${line}`,
    merchantId: chance.pick(MERCHANTS),
    quantity: chance.between(1, 5),
    amount: chance.between(1, 90_000),
  }));
  const total = items.reduce((sum, { amount }) => sum + amount, 499);
  const userId = `user-${chance.between(1, 4_000)}`;
  const priced = {
    items: items.map(({ amount, ...item }) => ({ ...item, subtotal: money(amount) })),
    total: money(total),
  };
  const unpriced = {
    items: items.map(({ productId, quantity }) => ({ productId, quantity })),
  };
  const shares = [...items, { merchantId: "", amount: 499 }].map(({ merchantId, amount }) => ({
    merchantId,
    amount: money(amount),
  }));
  let sequence = 0;
  const ofOrder = ($case: string, value: object, state: object): Event => {
    sequence += 1;
    const event = { orderId, userId, sequence: BigInt(sequence), ...state, fact: { $case, value } };
    return {
      ...envelope("orders", orderId, order, timeOf(about, chance)),
      value: orderJson.encode(
        OrderEvent.fromPartial(event as Parameters<typeof OrderEvent.fromPartial>[0]),
      ),
    };
  };
  const ofPayment = ($case: string, value: object, nth: number): Event => {
    const paymentId = `pay-${order}`;
    const event = {
      ...{ paymentId, orderId, userId, sequence: BigInt(nth), amount: money(total) },
      fact: { $case, value },
    };
    return {
      ...envelope("payments", paymentId, order, timeOf(about, chance)),
      value: paymentJson.encode(
        PaymentEvent.fromPartial(event as Parameters<typeof PaymentEvent.fromPartial>[0]),
      ),
    };
  };
  const placed = ofOrder("placed", {}, unpriced);
  if (chance.next() < 0.12) {
    const state = chance.next() < 0.5 ? priced : unpriced;
    return [placed, ofOrder("rejected", { reason: "OUT_OF_STOCK" }, state)];
  }
  const bought = [
    placed,
    ofOrder("confirmed", { paymentId: `pay-${order}` }, priced),
    ofPayment("succeeded", { shares }, 1),
  ];
  if (chance.next() > 0.08) {
    return bought;
  }
  const back = { refundId: `refund-${order}`, amount: money(total), shares };
  return [
    ...bought,
    ofOrder("cancelled", { reason: "changed" }, priced),
    ofPayment("refundedPart", back, 2),
  ];
}

function envelope(topic: Event["topic"], key: string, order: number, time: Date) {
  numbered += 1;
  const id = `00000000-0000-4000-8000-${numbered.toString(16).padStart(12, "0")}`;
  return { topic, partition: order % BUSY_PARTITIONS, key, id, time };
}

/** Mostly within half a minute; a few are up to 40 minutes late, and hardly any is of the future. */
function timeOf(about: number, chance: Random): Date {
  const shift = chance.between(-15_000, 15_000);
  if (chance.next() < LATE) {
    return new Date(about - chance.between(0, 40 * 60_000));
  }
  return new Date(chance.next() < 0.0005 ? FAR_AHEAD + shift : about + shift);
}
