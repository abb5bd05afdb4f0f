// What Stripe tells: each event has its effect once, whenever and however often it comes.
import { setTimeout as delay } from "node:timers/promises";
import { batched } from "#kit/batch.ts";
import type { Db } from "#kit/db.ts";
import type { Capturing } from "./capturing.ts";
import type { Charging } from "./charging.ts";
import type { Disputes } from "./dispute-settling.ts";
import { hearSetup } from "./method-saving.ts";
import type { Provider, ProviderEvent } from "./provider.ts";
import { paymentById } from "./reading.ts";
import type { Refunding } from "./refunding.ts";
import { type Todo, type Told, takeIn } from "./webhook-inbox.ts";

export interface HearingDeps {
  readonly disputes: Disputes;
  readonly db: Db;
  readonly provider: Provider;
  readonly charging: Charging;
  readonly capturing: Capturing;
  readonly refunding: Refunding;
}

/** A call of ours that is under way is about to tell the same; it gets this long, in ms. */
const PATIENCE_MS = 500;

export function createHearing(deps: HearingDeps) {
  const { db, provider, charging, capturing, refunding, disputes } = deps;
  const takeInEvent = batched<Told, Todo>((told) => takeIn(db, told));

  return async function hear(event: ProviderEvent, traceparent: string): Promise<void> {
    if (!event.about) {
      return;
    }
    const heard = { eventId: event.id, type: event.type };
    if (event.about.kind === "dispute") {
      await disputes.settle(event.about.disputeId, { traceparent, heard });
      return;
    }
    if (event.about.kind === "setup") {
      await hearSetup({ db, provider }, event.about.setupId, heard);
      return;
    }
    const told = {
      eventId: event.id,
      type: event.type,
      intentId: event.about.kind === "intent" ? event.about.intentId : "",
      refundId: event.about.kind === "refund" ? event.about.refundId : "",
    };
    let todo = await takeInEvent(told);
    const running = todo && runningFor(todo);
    if (running) {
      await Promise.race([running.catch(() => {}), delay(PATIENCE_MS, undefined, { ref: false })]);
      todo = await takeInEvent(told);
    }
    const origin = { traceparent, heard };
    // The event is only a reason to look: what is recorded is what Stripe says when asked.
    if (todo?.kind === "payment") {
      await charging.settle(await paymentById(db, todo.paymentId), origin);
    } else if (todo?.kind === "refund") {
      await refunding.settle(todo.refundId, origin);
    }
  };

  function runningFor(todo: NonNullable<Todo>): Promise<unknown> | undefined {
    return todo.kind === "payment"
      ? (charging.running(todo.orderId) ?? capturing.running(todo.orderId))
      : refunding.running(todo.refundId);
  }
}
