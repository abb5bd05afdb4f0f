/** Reads everything that the invariants are asked of. */
import { join } from "node:path";
import pg from "pg";
import { type ServiceName, services } from "../dev/services.ts";
import { readLedger, type Step } from "../stripe-sandbox/ledger-file.ts";
import { LEDGER_FILE } from "../stripe-sandbox/ledger-writer.ts";
import { type KafkaRecord, readTopics } from "./kafka-log.ts";
import { type ProviderLedger, readProvider } from "./provider.ts";
import {
  type BookedRow,
  type DeadLetterRow,
  type HistoryRow,
  type NotificationRow,
  type OrderRow,
  type OutboxRow,
  type PaymentRow,
  type RefundRow,
  type ReservationRow,
  type SagaRow,
  type Source,
  STATEMENTS,
} from "./rows.ts";

/** Where a mesh keeps what it knows. */
export interface Places {
  readonly databaseUrls: Readonly<Record<ServiceName, string>>;
  /** Empty: there is no Kafka, and what needs it is not asked. */
  readonly brokers: string;
  /** Of the sandbox; empty: real Stripe, and what needs its ledger is not asked. */
  readonly provider: string;
  /** The sandbox's folder, where its ledger can be read from the first movement on. */
  readonly sandbox?: string;
}

type ByService<T> = Readonly<Record<ServiceName, readonly T[]>>;

export interface Evidence {
  readonly orders: readonly OrderRow[];
  readonly history: readonly HistoryRow[];
  readonly sagas: readonly SagaRow[];
  readonly payments: readonly PaymentRow[];
  readonly refunds: readonly RefundRow[];
  readonly booked: readonly BookedRow[];
  readonly mismatches: readonly Record<string, unknown>[];
  readonly sold: readonly { readonly product_id: string; readonly sold: number }[];
  readonly reservations: readonly ReservationRow[];
  readonly outbox: ByService<OutboxRow>;
  readonly inbox: ByService<{ readonly event_id: string }>;
  readonly deadLetters: ByService<DeadLetterRow>;
  readonly notifications: readonly NotificationRow[];
  readonly revenue: readonly {
    readonly currency: string;
    readonly revenue: string;
    readonly refunded: string;
  }[];
  readonly provider: ProviderLedger | undefined;
  /** In the order in which they happened; by order id. */
  readonly movements: ReadonlyMap<string, readonly Step[]> | undefined;
  readonly log: readonly KafkaRecord[] | undefined;
}

/** What says that something is there is read before what is said to be there. */
export async function gather({
  databaseUrls,
  brokers,
  provider,
  sandbox,
}: Places): Promise<Evidence> {
  const read: Record<string, unknown> = {};
  const perService: Record<string, Record<string, unknown>> = {};
  const order: readonly ServiceName[] = [
    "order",
    "payment",
    "product",
    "user",
    "notification",
    "analytics",
  ];
  for (const service of order) {
    const own = Object.entries(STATEMENTS).filter(
      ([, { service: whose }]) => whose === service || whose === "each",
    );
    const rows = await ask(
      databaseUrls[service],
      own.map(([, { sql }]) => sql),
    );
    own.forEach(([name, { service: whose }], at) => {
      if (whose === "each") {
        perService[name] = { ...perService[name], [service]: rows[at] };
      } else {
        read[name] = rows[at];
      }
    });
  }
  return {
    ...read,
    ...perService,
    provider: provider ? await readProvider(provider) : undefined,
    movements: sandbox ? readLedger(join(sandbox, LEDGER_FILE)).orders : undefined,
    log: brokers ? await readTopics(brokers) : undefined,
  } as unknown as Evidence;
}

/** All in one snapshot of one database. */
export async function ask(url: string, statements: readonly string[]): Promise<unknown[][]> {
  const client = new pg.Client({
    connectionString: url,
    application_name: "verify",
    connectionTimeoutMillis: 5_000,
    query_timeout: 60_000,
  });
  client.on("error", () => {
    // The statement that runs says so.
  });
  await client.connect();
  try {
    await client.query("begin transaction isolation level repeatable read read only");
    const answers: unknown[][] = [];
    for (const sql of statements) {
      answers.push((await client.query(sql)).rows);
    }
    return answers;
  } finally {
    await client.end();
  }
}

/** How an invariant's sources are read, for a report. */
export function statementsOf(sources: readonly Source[]): string {
  return sources
    .map((name) => `-- ${STATEMENTS[name].service}\n${STATEMENTS[name].sql}`)
    .join("\n");
}

export function allOf<T>(rows: ByService<T>): (T & { readonly service: ServiceName })[] {
  return services.flatMap((service) => rows[service].map((row) => ({ ...row, service })));
}
