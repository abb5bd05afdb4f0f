import type Stripe from "stripe";
import { transferOf } from "./payout-stripe.ts";
import { Refused } from "./provider.ts";
import type { ListedIntent, ListingProvider } from "./reconcile-provider.ts";
import { type GuardedCall, intentOf, refundOf } from "./stripe-answers.ts";

/** Stripe's largest page. */
const PAGE = 100;

interface Query {
  readonly created: { readonly gte: number };
  readonly limit: number;
  readonly starting_after?: string;
}

export function stripeListing(stripe: Stripe, call: GuardedCall): ListingProvider {
  async function* pages<T extends { readonly id: string }, Read>(
    since: Date,
    list: (query: Query) => Promise<Stripe.ApiList<T>>,
    read: (one: T) => Read,
  ): AsyncGenerator<readonly Read[]> {
    const created = { gte: Math.floor(since.getTime() / 1000) };
    for (let after: string | undefined; ; ) {
      const query = { created, limit: PAGE, ...(after && { starting_after: after }) };
      const page = await call("listing", () => list(query));
      yield page.data.map(read);
      after = page.data.at(-1)?.id;
      if (!page.has_more || after === undefined) {
        return;
      }
    }
  }

  const retrieve = {
    intent: (id) => stripe.paymentIntents.retrieve(id),
    refund: (id) => stripe.refunds.retrieve(id),
    transfer: (id) => stripe.transfers.retrieve(id),
  } satisfies Record<string, (id: string) => Promise<unknown>>;

  const expand = ["data.latest_charge.balance_transaction"];

  return {
    intentsSince: (since) =>
      pages(since, (query) => stripe.paymentIntents.list({ ...query, expand }), listedIntent),
    refundsSince: (since) =>
      pages(
        since,
        (query) => stripe.refunds.list(query),
        (refund) => ({
          ...refundOf(refund),
          amount: BigInt(refund.amount),
          created: dateOf(refund.created),
        }),
      ),
    movementsSince: (since) =>
      pages(
        since,
        (query) => stripe.balanceTransactions.list(query),
        ({ id, source, amount, fee, created }) => ({
          id,
          source: typeof source === "string" ? source : (source?.id ?? ""),
          amount: BigInt(amount),
          fee: BigInt(fee),
          created: dateOf(created),
        }),
      ),
    transfersSince: (since) =>
      pages(
        since,
        (query) => stripe.transfers.list(query),
        (transfer) => ({ ...transferOf(transfer), created: dateOf(transfer.created) }),
      ),
    disputesSince: (since) =>
      pages(
        since,
        (query) => stripe.disputes.list(query),
        ({ id }) => id,
      ),
    intentsOf: (orderId) =>
      call("finding intents", async () => {
        const query = `metadata["order_id"]:${JSON.stringify(orderId)}`;
        const { data } = await stripe.paymentIntents.search({ query, expand, limit: PAGE });
        return data.map(listedIntent);
      }),
    has: (kind, id) =>
      call<unknown>(`reading ${kind}s`, () => retrieve[kind](id)).then(
        () => true,
        (error) => {
          if (error instanceof Refused && error.code === "resource_missing") {
            return false;
          }
          throw error;
        },
      ),
  };
}

function listedIntent(intent: Stripe.PaymentIntent): ListedIntent {
  const { id, state } = intentOf(intent);
  return {
    id,
    orderId: intent.metadata.order_id ?? "",
    state,
    currency: intent.currency.toUpperCase(),
    amount: BigInt(intent.amount),
    received: BigInt(intent.amount_received),
    created: dateOf(intent.created),
  };
}

function dateOf(seconds: number): Date {
  return new Date(seconds * 1000);
}
