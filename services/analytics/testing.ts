/** For tests only: the analytics service over real gRPC and PostgreSQL. */
import { AnalyticsServiceDefinition, type Window } from "#gen/tradepost/analytics/v1/analytics.ts";
import { OrderEvent } from "#gen/tradepost/order/v1/events.ts";
import { PaymentEvent } from "#gen/tradepost/payment/v1/events.ts";
import type { RoleName } from "#kit/call.ts";
import { changes } from "#kit/changes.ts";
import { inTransaction } from "#kit/db.ts";
import { silent } from "#kit/log.ts";
import { testDatabase, testService, tokenFor } from "#kit/testing.ts";
import { recordOf, type Told, testIntake } from "#kit/testing-intake.ts";
import { consumers } from "./consumers.ts";
import { publishWindows } from "./publishing-store.ts";
import { analyticsService } from "./service.ts";
import { whoseChanged } from "./store.ts";

export async function analyticsHouse() {
  const { db, drop } = await testDatabase("analytics");
  const watched = changes((merchantIds, last) => whoseChanged(db, merchantIds, last), silent);
  await watched.start();
  const rpcs = analyticsService({ db, counted: db, changes: watched });
  const finals = async () => {
    const { rows } = await db.query("select count(*)::int as n from windows where final");
    return rows[0].n as number;
  };
  const service = await testService("analytics", { rpcs: [[AnalyticsServiceDefinition, rpcs]] });
  return {
    db,
    ...testIntake("analytics", db, consumers),
    async as(userId: string, role: RoleName) {
      const token = await tokenFor({ userId, roles: [role] });
      return service.client(AnalyticsServiceDefinition, { token });
    },
    /** What the service does each second; answers how many windows were closed. */
    async close() {
      const before = await finals();
      await inTransaction(db, publishWindows);
      return (await finals()) - before;
    },
    publish: () => inTransaction(db, publishWindows),
    /** What was published of the windows, oldest first. */
    async published() {
      const { rows } = await db.query<{ key: string; payload: string }>(
        "select key, payload from outbox where topic = 'analytics-results' order by id",
      );
      return rows.map(({ key, payload }) => ({ key, ...JSON.parse(payload) }));
    },
    forget: () =>
      db.query(`truncate windows, window_buyers, rollups, rollup_buyers, product_sales, order_parts, funnels,
                         buyers, cohorts, progress, inbox, outbox`),
    async stop() {
      await service.stop();
      await watched.stop();
      await drop();
    },
  };
}

export type House = Awaited<ReturnType<typeof analyticsHouse>>;

interface Sold {
  readonly merchantId: string;
  readonly quantity: number;
  readonly subtotal: bigint;
}

const dollars = (amount: bigint) => ({ currencyCode: "USD", amount });

/** 499 of shipping on top of what the items cost. */
export function confirmed(userId: string, items: readonly Sold[], time: Date): Told {
  const total = items.reduce((sum, { subtotal }) => sum + subtotal, 499n);
  return at(
    time,
    recordOf(OrderEvent, `order-of-${userId}`, {
      userId,
      items: items.map((item) => ({ ...item, subtotal: dollars(item.subtotal) })),
      total: dollars(total),
      fact: { $case: "confirmed", value: { paymentId: "p1" } },
    }),
  );
}

/** Without a price where nothing was held. */
export function rejected(time: Date, held?: Sold): Told {
  return at(
    time,
    recordOf(OrderEvent, "rejected", {
      userId: "u1",
      items: [held ? { ...held, subtotal: dollars(held.subtotal) } : { productId: "mug" }],
      ...(held && { total: dollars(held.subtotal) }),
      fact: { $case: "rejected", value: { reason: "OUT_OF_STOCK" } },
    }),
  );
}

export function cancelled(time: Date, { merchantId, quantity, subtotal }: Sold): Told {
  return at(
    time,
    recordOf(OrderEvent, "cancelled", {
      userId: "u1",
      items: [{ merchantId, quantity, subtotal: dollars(subtotal) }],
      total: dollars(subtotal),
      fact: { $case: "cancelled", value: { reason: "changed" } },
    }),
  );
}

export function paid(time: Date, shares: Readonly<Record<string, bigint>>): Told {
  return at(time, recordOf(PaymentEvent, "p1", money("succeeded", shares, {})));
}

export function paidBack(time: Date, shares: Readonly<Record<string, bigint>>): Told {
  return at(time, recordOf(PaymentEvent, "p1", money("refundedPart", shares, { refundId: "r1" })));
}

function money($case: string, shares: Readonly<Record<string, bigint>>, value: object) {
  const amount = Object.values(shares).reduce((sum, share) => sum + share, 0n);
  const parts = Object.entries(shares).map(([merchantId, share]) => ({
    merchantId,
    amount: dollars(share),
  }));
  const fact = { $case, value: { ...value, amount: dollars(amount), shares: parts } };
  return { amount: dollars(amount), fact };
}

function at(time: Date, told: Told): Told {
  return { ...told, time };
}

/** The numbers of a window, without its times. */
export function numbersOf(window: Window | undefined) {
  assertWindow(window);
  const { orders, units, uniqueBuyers, rejected, cancelled } = window;
  const [revenue, refunded, average] = [
    window.revenue,
    window.refunded,
    window.averageOrderValue,
  ].map((one) => one?.amount);
  return { orders, units, uniqueBuyers, rejected, cancelled, revenue, refunded, average };
}

function assertWindow(window: Window | undefined): asserts window is Window {
  if (!window) {
    throw new Error("no window");
  }
}
