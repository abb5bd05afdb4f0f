/** What a service's database has, asked over a connection of the test's own. */
import pg from "pg";
import type { Mesh } from "../../infra/dev/mesh.ts";

export function rowsOf<Row>(
  mesh: Mesh,
  service: keyof Mesh["databaseUrls"],
  sql: string,
  values: readonly unknown[] = [],
): Promise<Row[]> {
  return rowsAt(mesh.databaseUrls[service], sql, values);
}

/** For a database that is no mesh's. */
export async function rowsAt<Row>(
  url: string,
  sql: string,
  values: readonly unknown[] = [],
): Promise<Row[]> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return (await client.query(sql, [...values])).rows as Row[];
  } finally {
    await client.end();
  }
}
