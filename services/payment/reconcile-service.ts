import {
  type PaymentServiceImplementation,
  ReconcileFinding_Kind,
} from "#gen/tradepost/payment/v1/payment.ts";
import type { CallExtras } from "#kit/call.ts";
import { invalidField } from "#kit/errors.ts";
import type { Reconciler } from "./reconciler.ts";

const DAY_MS = 24 * 3_600_000;

export function reconcileRpc(
  reconciler: Pick<Reconciler, "run">,
): Pick<PaymentServiceImplementation<CallExtras>, "reconcile"> {
  return {
    async reconcile({ since = new Date(Date.now() - DAY_MS) }) {
      if (since > new Date()) {
        throw invalidField("since", "must not be later than now", "reconcile.since");
      }
      const { findings, payments, objects } = await reconciler.run(since);
      return {
        findings: findings.map((one) => ({ ...one, kind: ReconcileFinding_Kind[one.kind] })),
        payments,
        objects,
      };
    },
  };
}
