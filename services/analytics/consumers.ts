/** What analytics counts: orders from order events, money from payment events. */
import { type Subscription, subscription } from "#kit/subscription.ts";
import { count, sources } from "./counting.ts";

export const consumers: readonly Subscription[] = sources.map((source) =>
  subscription({
    ...source,
    handle: (events, tx) => count(tx, [{ source, events }], false),
  }),
);
