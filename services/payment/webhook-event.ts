// What a webhook's body says, once its signature shows that Stripe wrote it.
import type Stripe from "stripe";
import { Fault } from "#kit/errors.ts";
import type { Provider, ProviderEvent } from "./provider.ts";

/** How far the clock of a signature may be off, both ways; Stripe's own libraries take this. */
const TOLERANCE_SECONDS = 300;
const MAX_BYTES = 256 * 1024;

export function eventReader(
  webhooks: Stripe.Webhooks,
  secrets: readonly string[],
): Provider["readEvent"] {
  return (body, signature = "") => {
    if (body.length > MAX_BYTES) {
      throw new Fault("BODY_TOO_LARGE", `an event has at most ${MAX_BYTES} bytes`);
    }
    if (signedAt(signature) > Date.now() / 1000 + TOLERANCE_SECONDS) {
      throw invalidSignature("the signature is from the future");
    }
    const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
    let failure: unknown;
    for (const secret of secrets) {
      try {
        return toEvent(webhooks.constructEvent(bytes, signature, secret, TOLERANCE_SECONDS));
      } catch (error) {
        if (error instanceof SyntaxError) {
          throw new Fault("MALFORMED_JSON", "the event is not JSON", { cause: error });
        }
        failure = error;
      }
    }
    throw invalidSignature("no secret of ours made the signature, or it is too old", failure);
  };
}

function signedAt(signature: string): number {
  return Number(/(?:^|,)\s*t=(\d{1,12})(?:,|$)/.exec(signature)?.[1] ?? "0");
}

function invalidSignature(message: string, cause?: unknown): Fault {
  return new Fault("INVALID_SIGNATURE", message, cause === undefined ? {} : { cause });
}

/** Where an intent comes to. Its other events tell nothing that is to be recorded. */
const INTENT_EVENTS: ReadonlySet<string> = new Set([
  "payment_intent.succeeded",
  "payment_intent.payment_failed",
  "payment_intent.canceled",
  "payment_intent.requires_action",
  "payment_intent.amount_capturable_updated",
]);

const REFUND_EVENTS: ReadonlySet<string> = new Set([
  "refund.created",
  "refund.updated",
  "refund.failed",
  "charge.refund.updated",
]);

const DISPUTE_EVENTS = /^charge\.dispute\./;

function toEvent({ id, type, data }: Stripe.Event): ProviderEvent {
  if (INTENT_EVENTS.has(type)) {
    const intent = data.object as Stripe.PaymentIntent;
    return { id, type, about: { kind: "intent", intentId: intent.id } };
  }
  if (REFUND_EVENTS.has(type)) {
    const refund = data.object as Stripe.Refund;
    const refundId = refund.metadata?.refund_id ?? "";
    return { id, type, about: { kind: "refund", refundId, stripeRefundId: refund.id } };
  }
  if (type === "setup_intent.succeeded") {
    const setup = data.object as Stripe.SetupIntent;
    return { id, type, about: { kind: "setup", setupId: setup.id } };
  }
  if (DISPUTE_EVENTS.test(type)) {
    const dispute = data.object as Stripe.Dispute;
    return { id, type, about: { kind: "dispute", disputeId: dispute.id } };
  }
  return { id, type, about: undefined };
}
