/** A rebuild's figures as a table: minimum, median and maximum over the rounds. */

import type { Run } from "./rebuild-process.ts";
import { spread, writeBetween } from "./report.ts";

/** What one rebuild took; CPU time in milliseconds. */
export interface Cost extends Run {
  readonly events: number;
  readonly postgresMs: number;
  readonly kafkaMs: number;
}

export function print(costs: readonly Cost[], asJson: boolean): void {
  const figures = costs.map(({ rss, ...cost }) => ({ ...cost, ...memory(rss) }));
  process.stdout.write(`${asJson ? JSON.stringify(figures) : table(costs)}\n`);
}

export async function writeRebuilds(costs: readonly Cost[]): Promise<void> {
  await writeBetween("bench:rebuild", table(costs));
}

function table(costs: readonly Cost[]): string {
  const per = (ms: (cost: Cost) => number) =>
    spread(costs.map((cost) => (cost.events * 1_000) / ms(cost)));
  const each = (ms: (cost: Cost) => number) =>
    spread(costs.map((cost) => (ms(cost) * 1_000) / cost.events));
  const mib = (part: keyof ReturnType<typeof memory>) =>
    spread(costs.map(({ rss }) => memory(rss)[part]));
  const rows = [
    ["events", `${costs[0]?.events ?? 0}`],
    ["events a second, by the clock", per(({ seconds }) => seconds * 1_000)],
    ["events a core-second of the rebuilding process", per(({ cpuMs }) => cpuMs)],
    [
      "events a core-second of it and PostgreSQL",
      per(({ cpuMs, postgresMs }) => cpuMs + postgresMs),
    ],
    [
      "events a core-second of both and Kafka",
      per(({ cpuMs, postgresMs, kafkaMs }) => cpuMs + postgresMs + kafkaMs),
    ],
    ["core-ms per 1,000 events: the process", each(({ cpuMs }) => cpuMs)],
    ["core-ms per 1,000 events: PostgreSQL", each(({ postgresMs }) => postgresMs)],
    ["core-ms per 1,000 events: Kafka", each(({ kafkaMs }) => kafkaMs)],
    ["peak memory in the first tenth of the time, MiB", mib("first")],
    ["peak memory in the last tenth, MiB", mib("last")],
    ["peak memory, MiB", mib("peak")],
  ];
  return ["| | |", "| --- | ---: |", ...rows.map((row) => `| ${row.join(" | ")} |`)].join("\n");
}

/** The highest of the first tenth, of the last, and of all. */
function memory(rss: readonly number[]) {
  const tenth = Math.ceil(rss.length / 10);
  return {
    first: Math.max(...rss.slice(0, tenth)),
    last: Math.max(...rss.slice(-tenth)),
    peak: Math.max(...rss),
  };
}
