// Drives a charge to its end, from wherever it was left.
import { batched } from "#kit/batch.ts";
import { Fault } from "#kit/errors.ts";
import { asking } from "./asking.ts";
import { mayAsk } from "./holding.ts";
import { type Intent, refusal } from "./intent.ts";
import { joined } from "./joined.ts";
import { type KnownIntent, type NewPayment, openPayments, storeIntents } from "./opening.ts";
import { charged, isOpen, type Payment, sameCharge } from "./payment.ts";
import { OutcomeUnknown, Refused } from "./provider.ts";
import { paymentById } from "./reading.ts";
import { createRecording, type Origin, type Recording, type RecordingDeps } from "./recording.ts";

export type { Origin } from "./recording.ts";

export interface Charging extends Recording {
  /** Charges once, however often it is asked; throws what Charge is to answer. */
  charge(wish: NewPayment, origin: Origin): Promise<Payment>;
  /** The charge of an order that this process is busy with. */
  running(orderId: string): Promise<unknown> | undefined;
}

export function createCharging({ db, provider, published }: RecordingDeps): Charging {
  const open = batched<NewPayment, Payment>((wishes) => openPayments(db, wishes));
  const storeIntent = batched<KnownIntent, boolean>((known) => storeIntents(db, known));
  const charges = joined<Payment>();
  const ask = asking(provider);
  const recording = createRecording({ db, provider, published });
  const { finish, record, refuse, settle } = recording;

  async function drive(payment: Payment, origin: Origin): Promise<Payment> {
    if (!isOpen(payment.status) || payment.closed || payment.status === "authorized") {
      return payment;
    }
    if (payment.status === "requires_action") {
      return look(payment, origin);
    }
    if (payment.customerId === "") {
      return finish(payment, refusal("resource_missing"), origin);
    }
    if (payment.intentId === undefined) {
      return begin(payment, origin);
    }
    const intent = await provider.readIntent(payment.intentId);
    return intent.state.kind === "untried"
      ? confirm(payment, intent.id, origin)
      : record(payment, intent, origin);
  }

  /** Stripe tells by webhook when the person is done; in between it is asked now and then. */
  async function look(payment: Payment, origin: Origin): Promise<Payment> {
    if (!(await mayAsk(db, payment.id))) {
      return payment;
    }
    return settle(payment, origin).catch((error) => {
      if (error instanceof Fault && error.reason === "DEPENDENCY_DOWN") {
        return payment;
      }
      throw error;
    });
  }

  async function begin(payment: Payment, origin: Origin): Promise<Payment> {
    const paymentId = payment.id;
    let intent: Intent;
    try {
      intent = await ask.create(payment);
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
      // Left over, and nobody can confirm it.
      ask.leave(payment, intentId);
    }
    return drive(latest, origin);
  }

  async function confirm(payment: Payment, intentId: string, origin: Origin): Promise<Payment> {
    try {
      return await record(payment, await ask.confirm(payment, intentId), origin);
    } catch (error) {
      if (!(error instanceof Refused)) {
        throw error;
      }
      return refuse(payment, intentId, error.code, origin);
    }
  }

  async function charge(wish: NewPayment, origin: Origin): Promise<Payment> {
    const payment = await open(wish);
    sameCharge(payment, wish.currency, wish.amount);
    return charged(await drive(payment, origin));
  }

  return {
    charge: (wish, origin) =>
      charges.run(wish.orderId, () => charge(wish, origin).catch(neverOverloaded)),

    ...recording,

    running: (orderId) => charges.running(orderId),
  };
}

/** Refused for want of room, after who knows what: the caller must ask again, not give up. */
function neverOverloaded(error: unknown): never {
  throw error instanceof Fault && error.reason === "OVERLOADED"
    ? new OutcomeUnknown("charging", { cause: error })
    : error;
}
