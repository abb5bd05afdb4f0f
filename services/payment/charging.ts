// Drives a charge to its end, from wherever it was left.
import { batched } from "#kit/batch.ts";
import type { Db } from "#kit/db.ts";
import { Fault } from "#kit/errors.ts";
import { type End, recordEnds } from "./ending.ts";
import { endedEvent } from "./events.ts";
import { type Intent, nextStep, type Outcome, refusal } from "./intent.ts";
import { joined } from "./joined.ts";
import { type KnownIntent, type NewPayment, openPayments, storeIntents } from "./opening.ts";
import { charged, isOpen, type Payment, sameCharge } from "./payment.ts";
import { OutcomeUnknown, type Provider, Refused, withKeys } from "./provider.ts";
import { paymentById } from "./reading.ts";

export interface ChargingDeps {
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

export interface Charging {
  /** Charges once, however often it is asked; throws what Charge is to answer. */
  charge(wish: NewPayment, origin: Origin): Promise<Payment>;
  /** Records what Stripe says of an open payment, and charges nothing. */
  settle(payment: Payment, origin: Origin): Promise<Payment>;
  /** Ends an open payment without a charge, unless the charge was quicker. */
  undo(payment: Payment, origin: Origin): Promise<Payment>;
  /** The charge of an order that this process is busy with. */
  running(orderId: string): Promise<unknown> | undefined;
}

export function createCharging({ db, provider, published }: ChargingDeps): Charging {
  const open = batched<NewPayment, Payment>((wishes) => openPayments(db, wishes));
  const storeIntent = batched<KnownIntent, boolean>((known) => storeIntents(db, known));
  const recordEnd = batched<End, Payment | undefined>((ends) => recordEnds(db, ends));
  const charges = joined<Payment>();

  async function drive(payment: Payment, origin: Origin): Promise<Payment> {
    if (!isOpen(payment.status) || payment.closed) {
      return payment;
    }
    if (payment.intentId === undefined) {
      return begin(payment, origin);
    }
    const intent = await provider.readIntent(payment.intentId);
    return intent.state.kind === "untried"
      ? confirm(payment, intent.id, origin)
      : end(payment, intent, origin);
  }

  async function begin(payment: Payment, origin: Origin): Promise<Payment> {
    const paymentId = payment.id;
    const wish = { ...payment, paymentId };
    let intent: Intent;
    try {
      intent = await withKeys(
        `${payment.orderId}/create`,
        (key) => provider.createIntent(wish, key),
        // One that nobody knows of is never confirmed, so it may stay unknown.
        async () => undefined,
      );
    } catch (error) {
      if (error instanceof Refused) {
        return finish(payment, refusal(error.code), origin);
      }
      throw error;
    }
    const intentId = intent.id;
    if (await storeIntent({ paymentId, intentId })) {
      const known = { ...payment, intentId, version: payment.version + 1n };
      return confirm(known, intentId, origin);
    }
    const latest = await paymentById(db, paymentId);
    if (latest.intentId !== intentId) {
      // Left over, and nobody can confirm it: tidiness only.
      provider.cancelIntent(intentId, `${payment.orderId}/undo`, "undone").catch(() => {});
    }
    return drive(latest, origin);
  }

  async function confirm(payment: Payment, intentId: string, origin: Origin): Promise<Payment> {
    try {
      const intent = await withKeys(
        `${payment.orderId}/confirm`,
        (key) => provider.confirmIntent(intentId, key),
        async () => {
          const found = await provider.readIntent(intentId);
          return found.state.kind === "untried" ? undefined : found;
        },
      );
      return await end(payment, intent, origin);
    } catch (error) {
      if (!(error instanceof Refused)) {
        throw error;
      }
      const intent = await cancel(payment, intentId, "declined");
      return intent.state.kind === "cancelled"
        ? finish(payment, refusal(intent.state.declineCode ?? error.code), origin)
        : end(payment, intent, origin);
    }
  }

  /** Records the end that the intent has come to, or brings it to one. */
  async function end(payment: Payment, intent: Intent, origin: Origin): Promise<Payment> {
    let step = nextStep(intent.state);
    if (step && "cancel" in step) {
      step = nextStep((await cancel(payment, intent.id, "declined")).state);
    }
    if (!step || "cancel" in step) {
      throw new OutcomeUnknown(`charging order ${payment.orderId}`);
    }
    return finish(payment, step.end, origin);
  }

  function cancel(payment: Payment, intentId: string, why: "declined" | "undone"): Promise<Intent> {
    return withKeys(
      `${payment.orderId}/${why === "declined" ? "cancel" : "undo"}`,
      (key) => provider.cancelIntent(intentId, key, why),
      async () => {
        const found = await provider.readIntent(intentId);
        const step = nextStep(found.state);
        return step && "end" in step ? found : undefined;
      },
    );
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

  async function charge(wish: NewPayment, origin: Origin): Promise<Payment> {
    const payment = await open(wish);
    sameCharge(payment, wish.currency, wish.amount);
    return charged(await drive(payment, origin));
  }

  return {
    charge: (wish, origin) =>
      charges.run(wish.orderId, () => charge(wish, origin).catch(neverOverloaded)),

    async settle(payment, origin) {
      if (!isOpen(payment.status) || payment.intentId === undefined) {
        return payment;
      }
      const intent = await provider.readIntent(payment.intentId);
      return nextStep(intent.state) ? end(payment, intent, origin) : payment;
    },

    async undo(payment, origin) {
      if (payment.intentId === undefined) {
        const ended = await finish(payment, refusal(undefined), origin);
        // Its intent was noted just before the order was closed.
        return isOpen(ended.status) && ended.intentId ? this.undo(ended, origin) : ended;
      }
      return end(payment, await cancel(payment, payment.intentId, "undone"), origin);
    },

    running: (orderId) => charges.running(orderId),
  };
}

/** Refused for want of room, after who knows what: the caller must ask again, not give up. */
function neverOverloaded(error: unknown): never {
  throw error instanceof Fault && error.reason === "OVERLOADED"
    ? new OutcomeUnknown("charging", { cause: error })
    : error;
}
