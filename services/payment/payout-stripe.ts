import type Stripe from "stripe";
import type { ProviderTransfer, TransferProvider } from "./payout-provider.ts";
import type { GuardedCall } from "./stripe-answers.ts";

export function stripeTransfers(stripe: Stripe, call: GuardedCall): TransferProvider {
  return {
    createAccount: (merchantId, key) =>
      call("creating an account", async () => {
        const { id } = await stripe.accounts.create(
          {
            type: "custom",
            capabilities: { transfers: { requested: true } },
            metadata: { merchant_id: merchantId },
          },
          { idempotencyKey: key },
        );
        return id;
      }),

    createTransfer: ({ payoutId, merchantId, destination, currency, amount }, key) =>
      call("creating a transfer", async () =>
        transferOf(
          await stripe.transfers.create(
            {
              amount: Number(amount),
              currency: currency.toLowerCase(),
              destination,
              transfer_group: payoutId,
              metadata: { payout_id: payoutId, merchant_id: merchantId },
            },
            { idempotencyKey: key },
          ),
        ),
      ),

    listTransfers: (payoutId) =>
      call("listing transfers", async () => {
        const { data } = await stripe.transfers.list({ transfer_group: payoutId, limit: 100 });
        return data.map(transferOf);
      }),
  };
}

export function transferOf(transfer: Stripe.Transfer): ProviderTransfer {
  return {
    id: transfer.id,
    payoutId: transfer.metadata.payout_id ?? "",
    amount: BigInt(transfer.amount),
  };
}
