/** What the invariants are asked of, and the statements that read it: one place for all of them. */
import type { ServiceName } from "../dev/services.ts";

export interface OrderRow {
  readonly id: string;
  readonly status: string;
  readonly total: string | null;
  readonly currency: string | null;
  readonly placed_by: string | null;
  readonly idempotency_key: string | null;
  readonly sequence: number;
  readonly items: readonly {
    readonly productId: string;
    readonly quantity: number;
    readonly returnedQuantity?: number;
  }[];
  /** A saga is at work on it. */
  readonly moving: boolean;
}

export interface HistoryRow {
  readonly order_id: string;
  readonly sequence: number;
  readonly status: string;
  /** Milliseconds since 1970. */
  readonly time: number;
}

export interface SagaRow {
  readonly kind: string;
  readonly id: string;
  readonly step: string;
  readonly attempts: number;
  readonly idle_seconds: number;
}

export interface PaymentRow {
  readonly id: string;
  readonly order_id: string;
  readonly status: string;
  readonly amount: string;
  readonly currency: string | null;
  readonly refunded: string;
  readonly intent_id: string | null;
  /** Milliseconds since 1970. */
  readonly time: number;
}

export interface RefundRow {
  readonly payment_id: string;
  readonly order_id: string;
  readonly amount: string;
  readonly status: string;
  readonly stripe_refund_id: string | null;
}

/** One transaction of the books. */
export interface BookedRow {
  readonly order_id: string;
  readonly kind: string;
  readonly reference: string;
  readonly amount: string;
  readonly balance: string;
}

export interface ReservationRow {
  readonly order_id: string;
  readonly state: string;
}

export interface OutboxRow {
  readonly event_id: string;
  readonly topic: string;
  readonly key: string;
  readonly waits: boolean;
  readonly age_seconds: number;
}

export interface DeadLetterRow {
  readonly consumer: string;
  readonly event_id: string;
}

export interface NotificationRow {
  readonly event_id: string;
  readonly order_id: string | null;
  readonly kind: string;
  readonly count: number;
}

/** Of each row there, by service. */
export interface Statement {
  readonly service: ServiceName | "each";
  readonly sql: string;
}

export const STATEMENTS = {
  orders: {
    service: "order",
    sql: `select o.id, o.status, o.total::text, o.currency, o.placed_by, o.idempotency_key,
       o.sequence, o.items,
       exists (select from sagas s
                where s.id = o.id or s.state ->> 'orderId' = o.id) as moving
  from orders o`,
  },
  history: {
    service: "order",
    sql: `select order_id, sequence, status, (extract(epoch from time) * 1000)::float8 as time
  from order_history order by order_id, sequence`,
  },
  sagas: {
    service: "order",
    sql: `select kind, id, step, attempts,
       extract(epoch from now() - moved_at)::float8 as idle_seconds
  from sagas`,
  },
  payments: {
    service: "payment",
    sql: `select id, order_id, status, amount::text, currency, refunded::text, intent_id,
       (extract(epoch from created_at) * 1000)::float8 as time
  from payments`,
  },
  refunds: {
    service: "payment",
    sql: `select r.payment_id, p.order_id, r.amount::text, r.status, r.stripe_refund_id
  from refunds r join payments p on p.id = r.payment_id`,
  },
  booked: {
    service: "payment",
    sql: `select order_id, kind, reference,
       (select sum(a) from unnest(amounts) a where a > 0)::text as amount,
       (select sum(a) from unnest(amounts) a)::text as balance
  from ledger_transactions order by created_at, id`,
  },
  mismatches: { service: "product", sql: "select * from stock_mismatches" },
  sold: { service: "product", sql: "select product_id, sold::int from stock where sold <> 0" },
  reservations: { service: "product", sql: "select order_id, state from reservations" },
  outbox: {
    service: "each",
    sql: `select event_id::text, topic, key, published_at is null as waits,
       extract(epoch from now() - created_at)::float8 as age_seconds
  from outbox order by id`,
  },
  inbox: { service: "each", sql: "select event_id::text from inbox" },
  deadLetters: { service: "each", sql: "select consumer, event_id::text from dead_letters" },
  notifications: {
    service: "notification",
    sql: `select event_id::text, order_id, kind, count(*)::int as count
  from notifications group by event_id, order_id, kind`,
  },
  revenue: {
    service: "analytics",
    sql: `select currency, sum(revenue)::text as revenue, sum(refunded)::text as refunded
  from windows where merchant_id = '' group by currency`,
  },
} as const satisfies Record<string, Statement>;

export type Source = keyof typeof STATEMENTS;
