// Records how far a charge has come, whoever told: always what Stripe says of its intent.
import { batched } from "#kit/batch.ts";
import type { Db } from "#kit/db.ts";
import { asking } from "./asking.ts";
import { type End, recordEnds } from "./ending.ts";
import { endedEvent } from "./events.ts";
import { type Held, recordHolds } from "./holding.ts";
import { type Hold, type Intent, nextStep, type Outcome, refusal } from "./intent.ts";
import { isOpen, type Payment } from "./payment.ts";
import { OutcomeUnknown, type Provider } from "./provider.ts";
import { paymentById } from "./reading.ts";

export interface RecordingDeps {
  readonly db: Db;
  readonly provider: Provider;
  /** Called after a commit that wrote events. */
  readonly published: () => void;
}

/** What made us look, for the event that may follow. */
export interface Origin {
  readonly traceparent: string;
  readonly heard?: End["heard"];
}

export interface Recording {
  /** Records what Stripe says of an open payment, and charges nothing. */
  settle(payment: Payment, origin: Origin): Promise<Payment>;
  /** Records what Stripe has said of a payment's intent, once that is something that stays. */
  record(payment: Payment, intent: Intent, origin: Origin): Promise<Payment>;
  /** Ends an open payment that Stripe refused to go on with, unless the charge was quicker. */
  refuse(payment: Payment, intentId: string, code: string, origin: Origin): Promise<Payment>;
  /** Ends an open payment without a charge, unless the charge was quicker. */
  undo(payment: Payment, origin: Origin): Promise<Payment>;
  /** Ends an open payment as told; one that is further by now stays as it is. */
  finish(payment: Payment, outcome: Outcome, origin: Origin): Promise<Payment>;
}

export function createRecording({ db, provider, published }: RecordingDeps): Recording {
  const recordHold = batched<Held, Payment | undefined>((holds) => recordHolds(db, holds));
  const recordEnd = batched<End, Payment | undefined>((ends) => recordEnds(db, ends));
  const ask = asking(provider);

  async function settle(payment: Payment, origin: Origin): Promise<Payment> {
    if (!isOpen(payment.status) || payment.intentId === undefined) {
      return payment;
    }
    const intent = await provider.readIntent(payment.intentId);
    return nextStep(intent.state) ? record(payment, intent, origin) : payment;
  }

  /** Records how far the intent has come; one that was declined is brought to its end first. */
  async function record(payment: Payment, intent: Intent, origin: Origin): Promise<Payment> {
    let step = nextStep(intent.state);
    if (step && "cancel" in step) {
      step = nextStep((await ask.cancel(payment, intent.id, "declined")).state);
    }
    if (!step || "cancel" in step) {
      throw new OutcomeUnknown(`charging order ${payment.orderId}`);
    }
    return "hold" in step ? wait(payment, step.hold, origin) : finish(payment, step.end, origin);
  }

  async function wait(payment: Payment, hold: Hold, { heard }: Origin): Promise<Payment> {
    if (hold.status === payment.status) {
      return payment;
    }
    return (await recordHold({ payment, hold, heard })) ?? paymentById(db, payment.id);
  }

  async function finish(payment: Payment, outcome: Outcome, origin: Origin): Promise<Payment> {
    const time = new Date();
    const event = endedEvent(payment, outcome, { time, traceparent: origin.traceparent });
    const ended = await recordEnd({ payment, outcome, event, heard: origin.heard });
    if (!ended) {
      return paymentById(db, payment.id);
    }
    if (event) {
      published();
    }
    return ended;
  }

  async function refuse(
    payment: Payment,
    intentId: string,
    code: string,
    origin: Origin,
  ): Promise<Payment> {
    const intent = await ask.cancel(payment, intentId, "declined");
    return intent.state.kind === "cancelled"
      ? finish(payment, refusal(code), origin)
      : record(payment, intent, origin);
  }

  async function undo(payment: Payment, origin: Origin): Promise<Payment> {
    if (payment.intentId === undefined) {
      const ended = await finish(payment, refusal(undefined), origin);
      // Its intent was noted just before the order was closed.
      return isOpen(ended.status) && ended.intentId ? undo(ended, origin) : ended;
    }
    return record(payment, await ask.cancel(payment, payment.intentId, "undone"), origin);
  }

  return { settle, record, refuse, undo, finish };
}
