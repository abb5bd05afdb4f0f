/** What analytics tells: each window as it is, with each change. */
import { WindowEvent } from "#gen/tradepost/analytics/v1/events.ts";
import { jsonCodec } from "#kit/json.ts";
import type { OutgoingEvent } from "#kit/outbox.ts";
import { uuidv7 } from "#kit/uuid.ts";
import { toMessage } from "./messages.ts";
import type { Window } from "./windows.ts";

const json = jsonCodec(WindowEvent);

export function toEvent(window: Window): OutgoingEvent {
  return {
    id: uuidv7(),
    topic: "analytics-results",
    key: `${window.startTime.toISOString()}/${window.currency}/${window.merchantId}`,
    type: "tradepost.analytics.v1.WindowEvent",
    payload: json.encode({ window: toMessage(window), merchantId: window.merchantId }),
    time: window.updateTime,
    traceparent: "",
  };
}
