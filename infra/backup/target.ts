// What must be so before anything is restored: nobody at work, nothing there.
import type pg from "pg";
import { type Each, forEach } from "./connect.ts";
import { readLayout } from "./layout.ts";
import { Refusal } from "./refusal.ts";

export async function refuseUsedDatabases(clients: Each<pg.Client>): Promise<void> {
  await forEach(async (service) => {
    const { tables, migrations } = await readLayout(clients[service]);
    if (tables.length > 0 || Object.keys(migrations).length > 0) {
      throw new Refusal(
        `the database of ${service} is not empty: restore into one that was just created`,
      );
    }
  });
}

/** Services keep keys, catalogues and leases in memory: they start after this, not before. */
export async function refuseServicesAtWork(clients: Each<pg.Client>): Promise<void> {
  await forEach(async (service) => {
    const { rows } = await clients[service].query<{ who: string | null }>(
      `select string_agg(distinct application_name, ', ') as who
         from pg_stat_activity
        where datname = current_database() and backend_type = 'client backend'
          and pid <> pg_backend_pid()`,
    );
    const who = rows[0]?.who;
    if (who) {
      throw new Refusal(`somebody uses the database of ${service} (${who}): stop the services`);
    }
  });
}
