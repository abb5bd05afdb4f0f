// What payouts need of a payment provider.

export interface TransferProvider {
  /** Makes the account that a merchant is paid to; answers its id. */
  createAccount(merchantId: string, key: string): Promise<string>;
  /** Moves money to a merchant's account; at once, if it is not refused. */
  createTransfer(wish: TransferWish, key: string): Promise<ProviderTransfer>;
  /** All transfers that were made for a payout. */
  listTransfers(payoutId: string): Promise<readonly ProviderTransfer[]>;
}

interface TransferWish {
  readonly payoutId: string;
  readonly merchantId: string;
  readonly destination: string;
  readonly currency: string;
  readonly amount: bigint;
}

export interface ProviderTransfer {
  readonly id: string;
  /** Ours; "" for one that we did not make. */
  readonly payoutId: string;
  readonly amount: bigint;
}
