// `tradepost dlq`: what services could not take in, and what becomes of it.
import type { Command } from "commander";
import {
  DeadLetter,
  DeadLetter_State,
  DeadLetterServiceDefinition,
  DiscardDeadLetterResponse,
  type ListDeadLettersResponse,
  RedriveDeadLetterResponse,
} from "#gen/tradepost/deadletters/v1/dead_letters.ts";
import { jsonCodec } from "#kit/json.ts";
import { services } from "../infra/dev/services.ts";
import { endInWords, letterInWords, listInWords } from "./dlq-words.ts";
import { CallFailed } from "./failure.ts";
import { targetOptions } from "./target-options.ts";
import { type UnaryOptions, unary } from "./unary.ts";
import { WrongUse } from "./wrong-use.ts";

type Write = (text: string) => void;

interface ListOptions extends UnaryOptions {
  readonly service?: string;
  readonly topic?: string;
  readonly consumer?: string;
  readonly eventKey?: string;
  readonly limit: string;
}

interface DecideOptions extends UnaryOptions {
  readonly reason?: string;
}

const { fullName, methods } = DeadLetterServiceDefinition;
const MAX_PAGE = 100;

export function addDlq(tradepost: Command, write: Write): void {
  const dlq = tradepost
    .command("dlq")
    .description("Events that services could not take in: the dead-letter queues.");
  targetOptions(dlq.command("list").description("Those that wait, newest first."))
    .option("--service <name>", "of this service; absent: of each of the dev mesh")
    .option("--topic <topic>", "of this topic")
    .option("--consumer <name>", "of this consumer")
    .option("--event-key <key>", "of this key")
    .option("--limit <n>", "how many of a service", "100")
    .action((options: ListOptions) => list(options, write));
  targetOptions(dlq.command("show").description("One of them, with its payload."))
    .argument("<id>", "notification_17")
    .action((id: string, options: UnaryOptions) => show(id, options, write));
  targetOptions(dlq.command("redrive"))
    .description("Hands it to its consumer once more, then what is parked behind it, in order.")
    .argument("<id>", "notification_17")
    .option("--reason <text>", "why, for the audit trail")
    .action((id: string, options: DecideOptions) => redrive(id, options, write));
  targetOptions(dlq.command("discard"))
    .description("Gives it up for good, and redrives what is parked behind it.")
    .argument("<id>", "notification_17")
    .requiredOption("--reason <text>", "why, for the audit trail")
    .action((id: string, options: DecideOptions) => discard(id, options, write));
}

async function list(options: ListOptions, write: Write): Promise<void> {
  const { service, address, topic = "", consumer = "", eventKey: key = "", json } = options;
  const limit = Number(options.limit);
  if (!Number.isInteger(limit) || limit < 1) {
    throw new WrongUse(`--limit is ${options.limit}: it must be a number, 1 or more`);
  }
  if (address !== undefined && service === undefined) {
    throw new WrongUse("--address is one service's: name it by --service");
  }
  const letters: DeadLetter[] = [];
  let isMore = false;
  for (const name of service === undefined ? services : [service]) {
    let left = limit;
    let pageToken: string | undefined = "";
    while (pageToken !== undefined && left > 0) {
      const pageSize = Math.min(left, MAX_PAGE);
      const asked = { service: name, topic, consumer, key, pageSize, pageToken };
      const page: ListDeadLettersResponse = await unary(
        fullName,
        methods.listDeadLetters,
        name,
        asked,
        options,
      );
      letters.push(...page.deadLetters);
      left -= page.deadLetters.length;
      pageToken = page.nextPageToken;
    }
    isMore ||= pageToken !== undefined;
  }
  if (!json) {
    write(listInWords(letters, isMore));
  }
  for (const letter of json ? letters : []) {
    write(jsonCodec(DeadLetter).encode(letter));
  }
}

async function show(id: string, options: UnaryOptions, write: Write): Promise<void> {
  const asked = unary(fullName, methods.getDeadLetter, serviceOf(id), { id }, options);
  const { deadLetter = DeadLetter.fromPartial({}) } = await asked;
  write(options.json ? jsonCodec(DeadLetter).encode(deadLetter) : letterInWords(deadLetter));
}

async function redrive(id: string, options: DecideOptions, write: Write): Promise<void> {
  const request = { id, reason: options.reason ?? "" };
  const answer = await unary(fullName, methods.redriveDeadLetter, serviceOf(id), request, options);
  const { deadLetter = DeadLetter.fromPartial({}), taken, waiting } = answer;
  const words = options.json
    ? jsonCodec(RedriveDeadLetterResponse).encode(answer)
    : endInWords(deadLetter, taken, waiting);
  if (deadLetter.state === DeadLetter_State.DEAD) {
    throw new CallFailed(words);
  }
  write(words);
}

async function discard(id: string, options: DecideOptions, write: Write): Promise<void> {
  const reason = options.reason?.trim() ?? "";
  if (reason === "") {
    throw new WrongUse("--reason is empty: say why it is given up");
  }
  const request = { id, reason };
  const answer = await unary(fullName, methods.discardDeadLetter, serviceOf(id), request, options);
  const { deadLetter = DeadLetter.fromPartial({}), taken, waiting } = answer;
  write(
    options.json
      ? jsonCodec(DiscardDeadLetterResponse).encode(answer)
      : endInWords(deadLetter, taken, waiting),
  );
}

/** `notification_17` → `notification` */
function serviceOf(id: string): string {
  const [, service] = /^([a-z][a-z0-9-]*)_\d+$/.exec(id) ?? [];
  if (service === undefined) {
    throw new WrongUse(`${id} is no dead letter's id: tradepost dlq list tells them`);
  }
  return service;
}
