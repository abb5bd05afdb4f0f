// Learns of disputes, whoever tells first and however often.
import type { Db } from "#kit/db.ts";
import type { Charging, Origin } from "./charging.ts";
import { paymentOfIntent, recordDispute, wasHeard } from "./dispute-store.ts";
import { type DisputeStatus, isOpen } from "./payment.ts";
import { OutcomeUnknown, type Provider } from "./provider.ts";

export interface Disputes {
  /** Asks the provider how a dispute is and records that; answers what it is, if that is new. */
  settle(disputeId: string, origin: Origin): Promise<DisputeStatus | undefined>;
}

export interface DisputesDeps {
  readonly db: Db;
  readonly provider: Provider;
  readonly charging: Charging;
  /** Called after a commit that wrote events. */
  readonly published: () => void;
}

export function createDisputes({ db, provider, charging, published }: DisputesDeps): Disputes {
  return {
    async settle(disputeId, origin) {
      if (origin.heard && (await wasHeard(db, origin.heard.eventId))) {
        return undefined;
      }
      const told = await provider.readDispute(disputeId);
      let payment = await paymentOfIntent(db, told.intentId);
      if (!payment) {
        // Of another shop on the same account.
        return undefined;
      }
      if (isOpen(payment.status)) {
        // Its charge was not heard of yet.
        payment = await charging.settle(payment, { traceparent: origin.traceparent });
      }
      if (payment.status !== "succeeded") {
        throw new OutcomeUnknown(`the charge that dispute ${disputeId} is about`);
      }
      const isNew = await recordDispute(db, payment.id, told, origin);
      if (isNew) {
        published();
      }
      return isNew ? told.status : undefined;
    },
  };
}
