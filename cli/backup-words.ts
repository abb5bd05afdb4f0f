import type { Manifest } from "../infra/backup/sections.ts";
import { CallFailed } from "./failure.ts";
import { table } from "./table.ts";

/** What went wrong, in one sentence, whatever it was. */
export async function done<T>(what: string, work: Promise<T>): Promise<T> {
  return work.catch((error: Error) => {
    throw new CallFailed(`${what}: ${error.message}`, { cause: error });
  });
}

export function inWords({ time, version, databases }: Manifest): string {
  const rows = Object.entries(databases).map(([service, { migrations, rows: counts }]) => [
    service,
    String(Object.keys(counts).length),
    String(Object.values(counts).reduce((sum, count) => sum + count, 0)),
    Object.values(migrations)
      .flatMap((applied) => applied.at(-1) ?? [])
      .join(" "),
  ]);
  return `As of ${time}, of release ${version}:\n${table(["database", "tables", "rows", "schema"], rows)}`;
}

/** One line that is written over and over, for a person at a terminal; else nothing. */
export function progress() {
  const { stderr } = process;
  const say = (text: string) => stderr.isTTY && stderr.write(`\r\u001b[K${text}`);
  return {
    table: (name: string, rows: number): void => void say(`${name}: ${rows} rows`),
    end: (): void => void say(""),
  };
}
