/** The scorecard as a page of docs/. */
import type { Machine } from "./machine.ts";
import type { Objective } from "./objective.ts";
import type { Part } from "./part.ts";

export function pageOf(machine: Machine, parts: readonly Part[]): string {
  const { time, facts, isBusy } = machine;
  const all = parts.flatMap(({ objectives }) => objectives);
  const met = all.filter(({ isMet }) => isMet).length;
  const aimed = all.filter(({ isMet }) => isMet !== undefined).length;
  const busy = isBusy
    ? ["", "**Others were at work on the machine**: the times and rates are worse than its own."]
    : [];
  return [
    "# Scorecard",
    "",
    "Written by `npm run scorecard`, never by hand. One run on one machine, with everything on it, the load too: to be read as a check",
    "whether the aims are reached there, not as a promise. How the figures come about is in [measure.md](measure.md) and [load.md](load.md).",
    "",
    `${time.toISOString().slice(0, 16).replace("T", " ")} UTC. ${facts.join("; ")}.`,
    ...busy,
    "",
    `**${met} of ${aimed} aims are reached.**`,
    ...parts.flatMap(partOf),
    "",
  ].join("\n");
}

function partOf({ title, how, objectives }: Part): string[] {
  return [
    "",
    `## ${title}`,
    "",
    `${how}.`,
    "",
    "| what | aim | found | |",
    "| --- | --- | ---: | --- |",
    ...objectives.map(lineOf),
  ];
}

function lineOf({ what, aim = "–", found, isMet }: Objective): string {
  const verdict = isMet === undefined ? "" : isMet ? "reached" : "**missed**";
  return `| ${what} | ${aim} | ${found} | ${verdict} |`;
}
