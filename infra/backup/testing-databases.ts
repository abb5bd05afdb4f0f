// For tests only: a database of each service, as its migrations make it or with nothing in it.
import { randomUUID } from "node:crypto";
import pg from "pg";
import { testDatabase } from "#kit/testing-database.ts";
import { testPostgres } from "#kit/testing-harness.ts";
import { prepareJobs } from "../../services/notification/jobs.ts";
import { type DatabaseUrls, forEach } from "./connect.ts";

export interface Databases {
  readonly urls: DatabaseUrls;
  drop(): Promise<void>;
}

export async function migrated(): Promise<Databases> {
  const made = await forEach((service) => testDatabase(service));
  await prepareJobs(made.notification.url);
  return {
    urls: await forEach(async (service) => made[service].url),
    async drop() {
      await forEach((service) => made[service].drop());
    },
  };
}

export async function created(): Promise<Databases> {
  const server = await testPostgres();
  const mark = randomUUID().slice(0, 8);
  const nameOf = (service: string) => `test_restored_${service}_${mark}`;
  await forEach((service) => ask(server, `create database "${nameOf(service)}"`));
  return {
    urls: await forEach(async (service) => {
      const url = new URL(server);
      url.pathname = `/${nameOf(service)}`;
      return url.href;
    }),
    async drop() {
      await forEach((service) => ask(server, `drop database "${nameOf(service)}" with (force)`));
    },
  };
}

export async function ask<Row extends pg.QueryResultRow>(
  url: string,
  sql: string,
  values: unknown[] = [],
): Promise<Row[]> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return (await client.query<Row>(sql, values)).rows;
  } finally {
    await client.end();
  }
}
