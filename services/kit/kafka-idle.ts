/**
 * Lets kafkajs rest. Once it was answered, each of its connections looks every millisecond for
 * requests that wait, also when none does (tulios/kafkajs#1704, 2.2.4). It needs to look while some
 * wait, and then only.
 */
import { createRequire } from "node:module";

interface RequestQueue {
  readonly pending: readonly unknown[];
  scheduleCheckPendingRequests(): void;
}

/** For all of kafkajs in this process. */
export function letRest(): void {
  const path = "kafkajs/src/network/requestQueue";
  const { prototype } = createRequire(import.meta.url)(path) as { prototype: RequestQueue };
  const schedule = prototype.scheduleCheckPendingRequests;
  prototype.scheduleCheckPendingRequests = function (this: RequestQueue) {
    if (this.pending.length > 0) {
      schedule.call(this);
    }
  };
}
