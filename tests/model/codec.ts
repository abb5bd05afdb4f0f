/** States as short strings of bytes, the same for states that differ in names only. */
import type { Driver, Handler, OrderWorld, Setup, World } from "./world.ts";

/** Stock below nothing is a state too: a wrong one. */
const ABOVE = 16;

const bytes: number[] = [];

export function encode({ available, reserved, sold, orders }: World): string {
  bytes.length = 0;
  bytes.push(available + ABOVE, reserved + ABOVE, sold + ABOVE);
  for (const order of orders) {
    write(order);
  }
  return String.fromCharCode.apply(null, bytes);
}

/** Which of two equal drivers or handlers is which does not matter, nor how high a fence is. */
function write(order: OrderWorld): void {
  const { rows, wishes, intents, drivers, handlers } = order;
  bytes.push(
    order.status,
    order.seq,
    order.cancelAsked,
    order.returned,
    order.clerk,
    order.why,
    order.calls,
    order.returnCalls,
    order.pay,
    order.closed,
    order.intent,
    order.refunded,
    order.booked,
    order.rest,
    order.paidBack,
    order.reservation,
    order.shelved,
    order.verdict,
  );
  for (const list of [rows, wishes, intents]) {
    for (const value of list) {
      bytes.push(value);
    }
  }
  const [first, second] = drivers as [Driver, Driver?];
  const isSwapped = second && weightOf(second, order) < weightOf(first, order);
  for (const driver of isSwapped ? [second, first] : drivers) {
    bytes.push(driver.saga, isOurs(driver, order), driver.seq, driver.action, driver.got);
  }
  const [one, other] = handlers as [Handler, Handler?];
  const isOtherFirst = other && loadOf(other) < loadOf(one);
  for (const { work, at, intent, told } of isOtherFirst ? [other, one] : handlers) {
    bytes.push(work, at, intent, told);
  }
}

/** A fence is the row's or it is not; a row that was taken once more has a higher one than all. */
function isOurs({ saga, fence }: Driver, { rows, fences }: OrderWorld): number {
  return saga > 0 && rows[saga - 1] !== 0 && fences[saga - 1] === fence ? 1 : 0;
}

function weightOf(driver: Driver, order: OrderWorld): number {
  const { saga, seq, action, got } = driver;
  return (((saga * 2 + isOurs(driver, order)) * 16 + seq) * 256 + action) * 8 + got;
}

function loadOf({ work, at, intent, told }: Handler): number {
  return ((work * 16 + at) * 4 + intent) * 16 + told;
}

export function decode(key: string, setup: Setup): World {
  let at = 0;
  const read = () => key.charCodeAt(at++);
  const level = () => read() - ABOVE;
  const world: World = {
    available: level(),
    reserved: level(),
    sold: level(),
    orders: [],
    told: [],
  };
  for (let index = 0; index < setup.orders; index++) {
    world.orders.push(readOrder(read, setup));
  }
  return world;
}

function readOrder(read: () => number, setup: Setup): OrderWorld {
  const order: OrderWorld = {
    status: read(),
    seq: read(),
    cancelAsked: read(),
    returned: read(),
    clerk: read(),
    why: read(),
    calls: read(),
    returnCalls: read(),
    pay: read(),
    closed: read(),
    intent: read(),
    refunded: read(),
    booked: read(),
    rest: read(),
    paidBack: read(),
    reservation: read(),
    shelved: read(),
    verdict: read(),
    rows: [read(), read(), read(), read()],
    fences: [],
    wishes: [read(), read(), read(), read()],
    intents: [read(), read()],
    drivers: [],
    handlers: [],
  };
  order.fences = order.rows.map((step) => (step === 0 ? 0 : 2));
  for (let driver = 0; driver < setup.drivers; driver++) {
    const saga = read();
    const fence = read() === 1 ? 2 : saga === 0 ? 0 : 1;
    order.drivers.push({ saga, fence, seq: read(), action: read(), got: read() });
  }
  for (let handler = 0; handler < setup.handlers; handler++) {
    order.handlers.push({ work: read(), at: read(), intent: read(), told: read() });
  }
  return order;
}

/** A world to change, in which only this order may be changed. */
export function copyFor(world: World, index: number): World {
  const { available, reserved, sold } = world;
  const orders = world.orders.slice();
  orders[index] = copyOf(orders[index] as OrderWorld);
  return { available, reserved, sold, orders, told: [] };
}

export function copyOf(order: OrderWorld): OrderWorld {
  return {
    ...order,
    rows: order.rows.slice(),
    fences: order.fences.slice(),
    wishes: order.wishes.slice(),
    intents: order.intents.slice(),
    drivers: order.drivers.map(({ saga, fence, seq, action, got }) => ({
      saga,
      fence,
      seq,
      action,
      got,
    })),
    handlers: order.handlers.map(({ work, at, intent, told }) => ({ work, at, intent, told })),
  };
}
