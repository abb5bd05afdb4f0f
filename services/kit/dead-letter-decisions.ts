/** What a person decides about a dead letter, with its row in the audit trail. */
import {
  type DeadLetter,
  DeadLetter_State,
  DiscardDeadLetterResponse,
  RedriveDeadLetterResponse,
} from "#gen/tradepost/deadletters/v1/dead_letters.ts";
import { audit } from "./audit.ts";
import type { Call } from "./call.ts";
import type { Db, Tx } from "./db.ts";
import { idOf, rowOf, stateOf, toMessage } from "./dead-letter-message.ts";
import {
  endLetter,
  findLetter,
  type Letter,
  lockLetter,
  parkedBehind,
  waitingIn,
} from "./dead-letter-store.ts";
import { Fault } from "./errors.ts";
import { onceWithLateAnswer } from "./idempotency.ts";
import type { Redrive } from "./redrive.ts";

export interface DeadLetterDeps {
  readonly service: string;
  readonly db: Db;
  readonly redrive: Redrive;
  /** What handlers wrote to the outbox may go. */
  readonly onCommitted: () => void;
}

interface Decision {
  readonly id: string;
  readonly reason: string;
  readonly call: Call;
}

/** How long before its deadline a call answers while there is more to drain, in milliseconds. */
const ANSWER_BEFORE_MS = 1_500;
/** How long a caller without a deadline waits, in milliseconds. */
const PATIENCE_MS = 5_000;

export function deciding({ service, db, redrive, onCommitted }: DeadLetterDeps) {
  async function answer(on: Db | Tx, id: bigint, taken: number) {
    const letter = await findLetter(on, id);
    if (!letter) {
      throw notFound(idOf(service, id));
    }
    const behind = await parkedBehind(on, [id]);
    const { count } = letter.key === "" ? { count: 0 } : await waitingIn(on, letter);
    const deadLetter = toMessage(service, letter, behind.get(id) ?? 0);
    return { deadLetter, taken, waiting: count };
  }

  /** Takes in what has become free behind the letter, until there is no more time. */
  async function drain({ call }: Decision, letter: DeadLetter, taken: number) {
    const { consumer, key } = letter;
    const topic = letter.topic as Letter["topic"];
    const until = (call.deadline ? +call.deadline : Date.now() + PATIENCE_MS) - ANSWER_BEFORE_MS;
    const more = await redrive.drain({ consumer, topic, key }, until);
    return answer(db, rowOf(service, letter.id) ?? 0n, taken + more);
  }

  async function trail(tx: Tx, act: string, decision: Decision, letter: Letter): Promise<void> {
    const now = await findLetter(tx, letter.id);
    await audit(tx, decision.call, {
      act,
      target: decision.id,
      reason: decision.reason,
      before: traced(letter),
      after: now ? traced(now) : {},
    });
  }

  async function redriveOne(tx: Tx, decision: Decision) {
    const letter = await lockWaiting(tx, service, decision.id);
    const { firstId } = await waitingIn(tx, letter);
    if (letter.key !== "" && firstId !== null && firstId !== letter.id) {
      const before = idOf(service, firstId);
      throw wrongState(`${decision.id} is behind ${before}`, { firstId: before });
    }
    if (!redrive.isHeard(letter)) {
      throw wrongState(`${service} does not hear ${letter.topic} any more`);
    }
    const isTaken = (await redrive.take(tx, letter)) === "taken";
    if (isTaken) {
      await redrive.begin(tx, letter);
    }
    await trail(tx, "dead-letter.redrive", decision, letter);
    return answer(tx, letter.id, isTaken ? 1 : 0);
  }

  async function discardOne(tx: Tx, decision: Decision) {
    const letter = await lockWaiting(tx, service, decision.id);
    const { firstId } = await waitingIn(tx, letter);
    await endLetter(tx, letter.id, { discarded: true });
    if (firstId === letter.id) {
      await redrive.begin(tx, letter);
    }
    await trail(tx, "dead-letter.discard", decision, letter);
    return answer(tx, letter.id, 0);
  }

  return {
    async redrive(decision: Decision): Promise<RedriveDeadLetterResponse> {
      const told = await onceWithLateAnswer(db, decision.call, RedriveDeadLetterResponse, {
        begin: (tx) => redriveOne(tx, decision),
        async finish({ deadLetter: letter, taken, waiting }) {
          const isMore = letter?.state === DeadLetter_State.REDRIVEN && waiting > 0;
          return letter && isMore ? drain(decision, letter, taken) : undefined;
        },
      });
      onCommitted();
      return told;
    },

    async discard(decision: Decision): Promise<DiscardDeadLetterResponse> {
      const told = await onceWithLateAnswer(db, decision.call, DiscardDeadLetterResponse, {
        begin: (tx) => discardOne(tx, decision),
        async finish({ deadLetter: letter, taken, waiting }) {
          return letter && waiting > 0 ? drain(decision, letter, taken) : undefined;
        },
      });
      onCommitted();
      return told;
    },
  };
}

async function lockWaiting(tx: Tx, service: string, id: string): Promise<Letter> {
  const row = rowOf(service, id);
  const letter = row === undefined ? undefined : await lockLetter(tx, row);
  if (!letter) {
    throw notFound(id);
  }
  if (letter.endedAt) {
    throw wrongState(`${id} was ${letter.discarded ? "discarded" : "redriven"} already`);
  }
  return letter;
}

/** For the trail: no payload, which may be somebody's. */
function traced(letter: Letter): object {
  const { consumer, topic, partition, offset, key, eventId, attempts } = letter;
  const place = `${topic}/${partition}/${offset}`;
  return { state: stateOf(letter), consumer, place, key, eventId, attempts };
}

export function notFound(id: string): Fault {
  return new Fault("DEAD_LETTER_NOT_FOUND", `there is no dead letter ${id}`);
}

function wrongState(message: string, metadata: Record<string, string> = {}): Fault {
  return new Fault("WRONG_DEAD_LETTER_STATE", message, { metadata });
}
