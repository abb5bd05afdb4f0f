// What Stripe tells: each event has its effect once, whenever and however often it comes.
import { setTimeout as delay } from "node:timers/promises";
import { batched } from "#kit/batch.ts";
import type { Db } from "#kit/db.ts";
import type { Charging } from "./charging.ts";
import type { ProviderEvent } from "./provider.ts";
import { paymentById } from "./reading.ts";
import type { Refunding } from "./refunding.ts";
import { type Todo, type Told, takeIn } from "./webhook-inbox.ts";

export interface HearingDeps {
  readonly db: Db;
  readonly charging: Charging;
  readonly refunding: Refunding;
}

/** A call of ours that is under way is about to tell the same; it gets this long, in ms. */
const PATIENCE_MS = 500;

export function createHearing({ db, charging, refunding }: HearingDeps) {
  const takeInEvent = batched<Told, Todo>((told) => takeIn(db, told));

  return async function hear(event: ProviderEvent, traceparent: string): Promise<void> {
    if (!event.about) {
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
    const origin = { traceparent, heard: { eventId: event.id, type: event.type } };
    // The event is only a reason to look: what is recorded is what Stripe says when asked.
    if (todo?.kind === "payment") {
      await charging.settle(await paymentById(db, todo.paymentId), origin);
    } else if (todo?.kind === "refund") {
      await refunding.settle(todo.refundId, origin);
    }
  };

  function runningFor(todo: NonNullable<Todo>): Promise<unknown> | undefined {
    return todo.kind === "payment"
      ? charging.running(todo.orderId)
      : refunding.running(todo.refundId);
  }
}
