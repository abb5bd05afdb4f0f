// Dead letters as a person reads them.
import { type DeadLetter, DeadLetter_State } from "#gen/tradepost/deadletters/v1/dead_letters.ts";
import { table } from "./table.ts";

const STATES = Object.fromEntries(
  Object.entries(DeadLetter_State).map(([name, number]) => [number, name.toLowerCase()]),
);

function stateOf({ state }: DeadLetter): string {
  return STATES[state] ?? "?";
}

export function listInWords(letters: readonly DeadLetter[], isMore: boolean): string {
  if (letters.length === 0) {
    return "No dead letters.";
  }
  const heads = ["ID", "STATE", "TOPIC", "KEY", "TRIES", "BEHIND", "SINCE", "ERROR"];
  const rows = letters.map((letter) => [
    letter.id,
    stateOf(letter),
    letter.topic,
    letter.key,
    String(letter.attempts),
    String(letter.parkedBehind),
    timeOf(letter.createTime),
    letter.error,
  ]);
  return `${table(heads, rows)}${isMore ? "\nThere are more: raise --limit." : ""}`;
}

export function letterInWords(letter: DeadLetter): string {
  const { topic, partition, offset } = letter;
  const rows = [
    ["id", letter.id],
    ["state", stateOf(letter)],
    ["service", letter.service],
    ["consumer", letter.consumer],
    ["place", `${topic}/${partition}/${offset}`],
    ["key", letter.key],
    ["event", `${letter.eventType} ${letter.eventId}`],
    ["tries", String(letter.attempts)],
    ["behind", `${letter.parkedBehind} parked`],
    ["since", timeOf(letter.createTime)],
    ["last change", timeOf(letter.updateTime)],
  ];
  const width = Math.max(...rows.map(([name = ""]) => name.length));
  const lines = rows.map(([name = "", text]) => `${name.padEnd(width)}  ${printable(text ?? "")}`);
  return [...lines, "", printable(letter.error), "", printable(pretty(letter.payload))].join("\n");
}

/** What a decision came to. */
export function endInWords(letter: DeadLetter, taken: number, waiting: number): string {
  const { id, error } = letter;
  const rest = waiting === 0 ? "none of its key waits" : `${waiting} of its key still wait`;
  const state = stateOf(letter);
  const head = state === "dead" ? `${id} has failed again: ${error}` : `${id} is ${state}`;
  return printable(`${head}; ${taken} took effect, ${rest}.`);
}

function pretty(payload: string): string {
  try {
    return JSON.stringify(JSON.parse(payload), null, 2);
  } catch {
    return payload;
  }
}

function timeOf(time: Date | undefined): string {
  return time?.toISOString() ?? "";
}

/** An event's text must not move a terminal's cursor. */
function printable(text: string): string {
  return text.replace(/[^\P{Cc}\n]/gu, "\uFFFD");
}
