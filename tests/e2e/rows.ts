/** What a service's database has, asked over a connection of the test's own. */
import pg from "pg";
import type { Mesh } from "../../infra/dev/mesh.ts";

export async function rowsOf<Row>(
  mesh: Mesh,
  service: keyof Mesh["databaseUrls"],
  sql: string,
  values: readonly unknown[] = [],
): Promise<Row[]> {
  const client = new pg.Client(mesh.databaseUrls[service]);
  await client.connect();
  try {
    return (await client.query(sql, [...values])).rows as Row[];
  } finally {
    await client.end();
  }
}
