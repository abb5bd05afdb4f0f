/** How far orders have come. Pure. */

/** What an order comes to as a whole, whoever's goods are in it. */
const ORDER_STAGES = ["confirmed", "paid", "cancelled"] as const;
/** What goods come to, each merchant's on their own. */
const GOODS_STAGES = ["shipped", "delivered", "returned"] as const;

type OrderStage = (typeof ORDER_STAGES)[number];
export type GoodsStage = (typeof GOODS_STAGES)[number];
export type Stage = OrderStage | GoodsStage;

export const STAGES: readonly Stage[] = [...ORDER_STAGES, ...GOODS_STAGES];

/** What an event tells of an order. */
export interface Told {
  readonly orderId: string;
  /** Undefined: it tells of something else. */
  readonly placeTime: Date | undefined;
  readonly order: readonly OrderStage[];
  /** Those whose goods are in it, as far as the event knows. */
  readonly merchants: readonly string[];
  readonly goods: readonly GoodsStage[];
  /** Whose goods came to that: a merchant's; "": all of the order's. */
  readonly whose: readonly string[];
}

/** An order (merchant ""), or what of it is one merchant's, as far as it was heard of. */
export interface OrderPart extends Readonly<Record<Stage, boolean>> {
  readonly orderId: string;
  readonly merchantId: string;
  readonly placeTime: Date | undefined;
}

interface Order {
  placeTime: Date | undefined;
  readonly stages: Set<OrderStage>;
  readonly goods: Map<string, Set<GoodsStage>>;
}

/**
 * The parts of the orders that were told of, with what was known of them. The order of the events
 * does not matter: what an order has come to holds for a merchant, too, that is heard of later.
 */
export function advance(known: readonly OrderPart[], told: readonly Told[]): OrderPart[] {
  const orders = new Map<string, Order>();
  for (const one of [...known.map(toldBy), ...told]) {
    const order = orders.get(one.orderId) ?? {
      placeTime: undefined,
      stages: new Set(),
      goods: new Map([["", new Set()]]),
    };
    orders.set(one.orderId, order);
    learn(order, one);
  }
  return [...orders].flatMap(([orderId, order]) => partsOf(orderId, order));
}

/** The parts that are not as they were. */
export function changed(before: readonly OrderPart[], after: readonly OrderPart[]): OrderPart[] {
  const known = new Map(before.map((part) => [keyOf(part), part]));
  return after.filter((part) => {
    const old = known.get(keyOf(part));
    return (
      old === undefined ||
      old.placeTime?.getTime() !== part.placeTime?.getTime() ||
      STAGES.some((stage) => old[stage] !== part[stage])
    );
  });
}

function toldBy(part: OrderPart): Told {
  const { orderId, merchantId, placeTime } = part;
  return {
    orderId,
    placeTime,
    order: ORDER_STAGES.filter((stage) => part[stage]),
    merchants: [merchantId],
    goods: GOODS_STAGES.filter((stage) => part[stage]),
    whose: [merchantId],
  };
}

function learn(order: Order, { placeTime, order: stages, merchants, goods, whose }: Told): void {
  if (placeTime && !(order.placeTime && order.placeTime <= placeTime)) {
    order.placeTime = placeTime;
  }
  for (const stage of stages) {
    order.stages.add(stage);
  }
  for (const merchantId of [...merchants, ...whose]) {
    order.goods.set(merchantId, order.goods.get(merchantId) ?? new Set());
  }
  for (const merchantId of whose) {
    for (const stage of goods) {
      order.goods.get(merchantId)?.add(stage);
    }
  }
}

function partsOf(orderId: string, { placeTime, stages, goods }: Order): OrderPart[] {
  return [...goods].map(([merchantId, own]) => ({
    orderId,
    merchantId,
    placeTime,
    confirmed: stages.has("confirmed"),
    paid: stages.has("paid"),
    cancelled: stages.has("cancelled"),
    shipped: own.has("shipped"),
    delivered: own.has("delivered"),
    returned: own.has("returned"),
  }));
}

function keyOf({ orderId, merchantId }: OrderPart): string {
  return `${orderId} ${merchantId}`;
}
