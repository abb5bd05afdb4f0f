// The rpcs of payouts.
import {
  CreatePayoutResponse,
  type PaymentServiceImplementation,
  Payout_Status,
  type Payout as PayoutMessage,
} from "#gen/tradepost/payment/v1/payment.ts";
import { audit } from "#kit/audit.ts";
import { type CallExtras, type Caller, hasRole } from "#kit/call.ts";
import type { Db } from "#kit/db.ts";
import { invalidField } from "#kit/errors.ts";
import { onceWithLateAnswer } from "#kit/idempotency.ts";
import { newestPage } from "#kit/newest-page.ts";
import { type Balance, type Payout, type PayoutStatus, payoutAmount } from "./payout.ts";
import { lockMerchant } from "./payout-balance.ts";
import type { Paying } from "./payout-paying.ts";
import { findPayout, listPayouts, reservePayout } from "./payout-store.ts";

type PayoutRpcs = Pick<
  PaymentServiceImplementation<CallExtras>,
  "createPayout" | "getPayout" | "listPayouts"
>;

export function payoutRpcs({
  db,
  paying,
}: {
  readonly db: Db;
  readonly paying: Paying;
}): PayoutRpcs {
  return {
    async createPayout({ merchantId, amount: asked }, { call }) {
      if (!call.idempotencyKey) {
        throw invalidField("Idempotency-Key", "is needed as a header", "required");
      }
      return onceWithLateAnswer(db, call, CreatePayoutResponse, {
        async begin(tx) {
          const balances = await lockMerchant(tx, merchantId);
          const wish = { merchantId, ...payoutAmount(merchantId, balances, asked) };
          const payout = payoutMessage(await reservePayout(tx, wish));
          await audit(tx, call, {
            act: "payout.create",
            target: payout.id,
            reason: "",
            before: { available: balances.map(told) },
            after: { merchantId, ...told({ currency: wish.currency, available: wish.amount }) },
          });
          return { payout };
        },
        async finish({ payout }) {
          return payout && { payout: payoutMessage(await paying.settle(payout.id)) };
        },
      });
    },

    async getPayout({ id }, { call }) {
      return { payout: payoutMessage(await findPayout(db, id, viewerOf(call.caller))) };
    },

    async listPayouts({ merchantId, ...request }, { call }) {
      const filter = ["payouts", merchantId];
      const viewer = viewerOf(call.caller);
      const { rows, nextPageToken } = await newestPage(request, filter, (page) =>
        listPayouts(db, { merchantId, viewer }, page),
      );
      return { payouts: rows.map(payoutMessage), nextPageToken };
    },
  };
}

/** A merchant's own; null: everybody's. */
export function viewerOf(caller: Caller): string | null {
  return hasRole(caller, "ADMIN") ? null : caller.userId;
}

function told({ currency, available }: Balance): { currency: string; amount: string } {
  return { currency, amount: String(available) };
}

const STATUS = {
  pending: Payout_Status.PENDING,
  paid: Payout_Status.PAID,
  failed: Payout_Status.FAILED,
} satisfies Record<PayoutStatus, Payout_Status>;

function payoutMessage(payout: Payout): PayoutMessage {
  return {
    id: payout.id,
    merchantId: payout.merchantId,
    amount: { currencyCode: payout.currency, amount: payout.amount },
    status: STATUS[payout.status],
    failureCode: payout.failureCode,
    destination: payout.destination,
    createTime: payout.createTime,
    updateTime: payout.updateTime,
    etag: String(payout.version),
  };
}
