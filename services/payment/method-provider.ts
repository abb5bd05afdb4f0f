// What this service needs of a payment provider to save payment methods.
import type { NextAction } from "./payment.ts";

export interface MethodProvider {
  /** Makes the customer that a person's payment methods belong to. */
  createCustomer(userId: string, key: string): Promise<string>;
  /** Sets up a method for later; without one, it is chosen and confirmed in the browser. */
  createSetup(wish: SetupWish, key: string): Promise<Setup>;
  readSetup(id: string): Promise<Setup>;
  /** Takes it from its customer: it can never be charged again. Once is enough. */
  detachMethod(id: string): Promise<void>;
}

interface SetupWish {
  readonly userId: string;
  readonly customerId: string;
  readonly paymentMethod: string | undefined;
}

export interface Setup {
  readonly id: string;
  readonly customerId: string;
  readonly clientSecret: string;
  /** Present while the bank wants to hear from its person. */
  readonly action: NextAction | undefined;
  /** Present once it is set up. */
  readonly method: Card | undefined;
}

/** What may be shown of a card. */
export interface Card {
  readonly id: string;
  readonly brand: string;
  readonly last4: string;
  readonly expMonth: number;
  readonly expYear: number;
}
