import pg from "pg";
import { type ServiceName, services } from "../dev/services.ts";
import { Refusal } from "./refusal.ts";

export type DatabaseUrls = Readonly<Record<ServiceName, string>>;

/** Something for each service's database. */
export type Each<T> = Readonly<Record<ServiceName, T>>;

/** Does it for all databases at once, and waits for all of them also when one fails. */
export async function forEach<T>(work: (service: ServiceName) => Promise<T>): Promise<Each<T>> {
  const done = await Promise.allSettled(
    services.map(async (service) => [service, await work(service)] as const),
  );
  const results = done.map((one) => {
    if (one.status === "rejected") {
      throw one.reason;
    }
    return one.value;
  });
  return Object.fromEntries(results) as Record<ServiceName, T>;
}

/** Dates and numbers as text mean the same at either end, whatever the servers' settings. */
const OPTIONS =
  "-c datestyle=ISO -c intervalstyle=postgres -c extra_float_digits=1 -c client_encoding=UTF8 " +
  "-c statement_timeout=0 -c idle_in_transaction_session_timeout=0 -c idle_session_timeout=0";

/** One connection to each; those that there are end with `work`. */
export async function withConnections<T>(
  urls: DatabaseUrls,
  name: string,
  work: (clients: Each<pg.Client>) => Promise<T>,
): Promise<T> {
  const opened: pg.Client[] = [];
  try {
    const clients = await forEach(async (service) => {
      const client = new pg.Client({
        connectionString: urls[service],
        application_name: name,
        connectionTimeoutMillis: 5_000,
        options: OPTIONS,
      });
      client.on("error", () => {
        // The statement that runs says so.
      });
      await client.connect().catch((error: Error) => {
        throw new Refusal(`the database of ${service} cannot be reached: ${error.message}`);
      });
      opened.push(client);
      return client;
    });
    return await work(clients);
  } finally {
    await Promise.all(opened.map((client) => client.end().catch(() => {})));
  }
}
