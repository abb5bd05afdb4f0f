// What this service needs of a payment provider; stripe.ts is the one that there is.
import { Fault } from "#kit/errors.ts";
import type { DisputeProvider } from "./dispute-provider.ts";
import type { Intent } from "./intent.ts";
import type { MethodProvider } from "./method-provider.ts";
import type { CaptureMode } from "./payment.ts";
import type { TransferProvider } from "./payout-provider.ts";
import type { ListingProvider } from "./reconcile-provider.ts";

export interface Provider
  extends TransferProvider,
    DisputeProvider,
    ListingProvider,
    MethodProvider {
  /** Makes an intent that charges nothing until it is confirmed. */
  createIntent(wish: IntentWish, key: string): Promise<Intent>;
  /** Charges it, or sets its money aside. A decline is an answer, not an error. */
  confirmIntent(id: string, key: string, who?: "buyer" | "nobody"): Promise<Intent>;
  /** Takes the money that is set aside, all of it. */
  captureIntent(id: string, key: string): Promise<Intent>;
  readIntent(id: string): Promise<Intent>;
  /** Ends it for ever, unless it was quicker: the answer tells. */
  cancelIntent(id: string, key: string, why: "declined" | "undone"): Promise<Intent>;
  createRefund(wish: RefundWish, key: string): Promise<ProviderRefund>;
  readRefund(id: string): Promise<ProviderRefund>;
  /** All refunds of an intent. */
  listRefunds(intentId: string): Promise<readonly ProviderRefund[]>;
  /** Checks a webhook's signature and says what it is about. */
  readEvent(body: Uint8Array, signature: string | undefined): ProviderEvent;
}

interface IntentWish {
  readonly orderId: string;
  readonly paymentId: string;
  readonly userId: string;
  readonly currency: string;
  readonly amount: bigint;
  readonly paymentMethod: string;
  /** Whose saved method it is. */
  readonly customerId: string | undefined;
  readonly capture: CaptureMode;
}

interface RefundWish {
  readonly refundId: string;
  readonly paymentId: string;
  readonly orderId: string;
  readonly intentId: string;
  readonly amount: bigint;
}

export interface ProviderRefund {
  readonly id: string;
  /** Ours; "" for one that we did not make. */
  readonly refundId: string;
  readonly intentId: string;
  readonly status: "pending" | "succeeded" | "failed";
}

export interface ProviderEvent {
  readonly id: string;
  readonly type: string;
  /** Nothing: of a kind that this service does not heed. */
  readonly about:
    | { readonly kind: "intent"; readonly intentId: string }
    | { readonly kind: "refund"; readonly refundId: string; readonly stripeRefundId: string }
    | { readonly kind: "dispute"; readonly disputeId: string }
    | { readonly kind: "setup"; readonly setupId: string }
    | undefined;
}

/** Nobody knows whether it was done. To be asked for again with the same key, or looked up. */
export class OutcomeUnknown extends Fault {
  /** The key answers this failure from memory for ever: asking again with it tells nothing. */
  readonly isKeySpent: boolean;
  /** The provider is well: it only has no time for this now. */
  readonly isBusy: boolean;
  /** The key stands for another wish: of a life that is lost (finding.ts). */
  readonly isOthersKey: boolean;

  constructor(
    what: string,
    options: {
      cause?: unknown;
      isKeySpent?: boolean;
      isBusy?: boolean;
      isOthersKey?: boolean;
    } = {},
  ) {
    super("DEPENDENCY_DOWN", `${what}: the payment provider's answer is not known yet`, {
      retryAfterMs: 1_000,
      ...(options.cause !== undefined && { cause: options.cause }),
    });
    this.isKeySpent = options.isKeySpent ?? false;
    this.isBusy = options.isBusy ?? false;
    this.isOthersKey = options.isOthersKey ?? false;
  }
}

/** It was not done and never will be, whoever asks. */
export class Refused extends Error {
  override readonly name = "Refused";
  readonly code: string;

  constructor(code: string, cause: unknown) {
    super(`the payment provider refused: ${code}`, { cause });
    this.code = code;
  }
}

/** So many keys may be spent on one wish within a call. */
const MAX_KEYS = 5;

/**
 * Asks with one key after the other: `name`, `name/2` … The next key is tried only when the one
 * before is spent and `find` found that it left nothing.
 */
export async function withKeys<T>(
  name: string,
  ask: (key: string) => Promise<T>,
  find: (error: OutcomeUnknown) => Promise<T | undefined>,
): Promise<T> {
  for (let number = 1; ; number++) {
    try {
      return await ask(number === 1 ? name : `${name}/${number}`);
    } catch (error) {
      if (!(error instanceof OutcomeUnknown)) {
        throw error;
      }
      const found = await find(error);
      if (found !== undefined) {
        return found;
      }
      if (!error.isKeySpent || number >= MAX_KEYS) {
        throw error;
      }
    }
  }
}
