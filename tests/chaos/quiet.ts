/** I11: after the last fault everything comes to its end by itself, and soon. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Mesh } from "../../infra/dev/mesh.ts";
import { type ServiceName, services } from "../../infra/dev/services.ts";
import { ask } from "../../infra/verify/evidence.ts";

/** What is still open, by name; nothing when all is quiet. */
type Open = Readonly<Record<string, number>>;

export interface Quiet {
  /** From `since` until nothing was open; undefined: never. */
  readonly ms: number | undefined;
  /** What was open at the limit. */
  readonly open: Open;
}

const LOOK_MS = 500;

/** Looks until nothing is open, for `limitMs` from `since` (performance.now()). */
export async function untilQuiet(mesh: Mesh, since: number, limitMs: number): Promise<Quiet> {
  for (;;) {
    const open = await whatIsOpen(mesh).catch((error: Error) => ({ [error.message]: 1 }));
    const ms = Math.round(performance.now() - since);
    if (Object.keys(open).length === 0) {
      return { ms, open };
    }
    if (ms > limitMs) {
      return { ms: undefined, open };
    }
    await sleep(LOOK_MS);
  }
}

const WAITS = "select count(*)::int as n from outbox where published_at is null";
const HEARD = "select count(*)::int as n from inbox";
/** Tombstones are not heard. */
const written = (topics: string) =>
  `select count(*)::int as n from outbox where topic in (${topics}) and payload is not null`;

const OPEN: readonly (readonly [name: string, service: ServiceName, sql: string])[] = [
  ["sagas", "order", "select count(*)::int as n from sagas"],
  ["reservations", "product", "select count(*)::int as n from reservations where state = 'held'"],
  [
    "payments",
    "payment",
    "select count(*)::int as n from payments where status in ('processing', 'requires_action')",
  ],
  ["refunds", "payment", "select count(*)::int as n from refunds where status = 'pending'"],
  ...services.map((service) => [`outbox of ${service}`, service, WAITS] as const),
];

async function whatIsOpen({ databaseUrls }: Mesh): Promise<Open> {
  const count = async (service: ServiceName, sql: string) => {
    const [[row] = []] = await ask(databaseUrls[service], [sql]);
    return (row as { n: number }).n;
  };
  const counted = OPEN.map(
    async ([name, service, sql]) => [name, await count(service, sql)] as const,
  );
  const found: [string, number][] = (await Promise.all(counted)).map(([name, n]) => [name, n]);
  const [orders, payments, users, notification, analytics, order] = await Promise.all([
    count("order", written("'orders'")),
    count("payment", written("'payments'")),
    count("user", written("'users'")),
    count("notification", HEARD),
    count("analytics", HEARD),
    count("order", HEARD),
  ]);
  found.push(["lag of notification", orders + payments + users - notification]);
  found.push(["lag of order", payments - order]);
  found.push(["lag of analytics", orders + payments - analytics]);
  return Object.fromEntries(found.filter(([, n]) => n > 0));
}
