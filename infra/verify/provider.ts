/** What the payment provider says of the money that it moved. */

export interface ProviderOrder {
  readonly intents: readonly string[];
  readonly succeeded: readonly string[];
  readonly captured: number;
  readonly refunded: number;
}

/** By order id; what names no order is under "". */
export interface ProviderLedger {
  readonly orders: Readonly<Record<string, ProviderOrder>>;
}

export async function readProvider(url: string): Promise<ProviderLedger> {
  const answer = await fetch(`${url}/_ledger`, { signal: AbortSignal.timeout(10_000) });
  if (!answer.ok) {
    throw new Error(`the provider's ledger was answered ${answer.status}`);
  }
  return (await answer.json()) as ProviderLedger;
}
