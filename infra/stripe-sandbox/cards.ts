// Stripe's documented test payment methods: https://docs.stripe.com/testing

export interface TestCard {
  readonly brand: string;
  readonly last4: string;
  readonly funding: "credit" | "debit" | "prepaid";
  /** Refuses the charge. */
  readonly decline?: Decline;
  /** Refuses the charge only: the method can still be set up. */
  readonly setsUp?: true;
  /** Wants 3-D Secure: at each payment, or until it was set up for later use. */
  readonly authentication?: "always" | "until_set_up";
  /** What becomes of a refund after its answer. */
  readonly refund?: "pending_then_succeeded" | "succeeded_then_failed";
  /** The bank disputes the charge a moment later. */
  readonly dispute?: { readonly reason: string; readonly inquiry: boolean };
  /** The money is available at once. */
  readonly available?: true;
  readonly risk?: "elevated" | "highest";
}

export interface Decline {
  readonly code: string;
  readonly declineCode: string;
  readonly message: string;
}

const DECLINED = "Your card was declined.";

function decline(code: string, declineCode: string, message = DECLINED): Decline {
  return { code, declineCode, message };
}

export const GENERIC = decline("card_declined", "generic_decline");
const FUNDS = decline("card_declined", "insufficient_funds", "Your card has insufficient funds.");
const PROCESSING = decline(
  "processing_error",
  "processing_error",
  "An error occurred while processing your card. Try again in a little bit.",
);

/** The charge that a person would have had to authenticate, but was not there. */
export const AUTHENTICATION_REQUIRED = decline(
  "authentication_required",
  "authentication_required",
  "Your card was declined. This transaction requires authentication.",
);

function visa(last4: string, more: Partial<TestCard> = {}): TestCard {
  return { brand: "visa", last4, funding: "credit", ...more };
}

const declines: Record<string, readonly [last4: string, decline: Decline]> = {
  "": ["0002", GENERIC],
  InsufficientFunds: ["9995", FUNDS],
  LostCard: ["9987", decline("card_declined", "lost_card")],
  StolenCard: ["9979", decline("card_declined", "stolen_card")],
  Fraudulent: ["0019", decline("card_declined", "fraudulent")],
  ExpiredCard: ["0069", decline("expired_card", "expired_card", "Your card has expired.")],
  IncorrectCvc: [
    "0127",
    decline("incorrect_cvc", "incorrect_cvc", "Your card's security code is incorrect."),
  ],
  ProcessingError: ["0119", PROCESSING],
  VelocityLimitExceeded: [
    "6975",
    decline(
      "card_declined",
      "card_velocity_exceeded",
      "Your card was declined for making repeated attempts too frequently or exceeding its " +
        "amount limit.",
    ),
  ],
};

const CARDS = new Map<string, TestCard>(
  Object.entries<TestCard>({
    pm_card_visa: visa("4242"),
    pm_card_visa_debit: visa("5556", { funding: "debit" }),
    pm_card_mastercard: { brand: "mastercard", last4: "4444", funding: "credit" },
    pm_card_mastercard_debit: { brand: "mastercard", last4: "8210", funding: "debit" },
    pm_card_mastercard_prepaid: { brand: "mastercard", last4: "5100", funding: "prepaid" },
    pm_card_amex: { brand: "amex", last4: "8431", funding: "credit" },
    pm_card_discover: { brand: "discover", last4: "9424", funding: "credit" },
    pm_card_diners: { brand: "diners", last4: "0004", funding: "credit" },
    pm_card_jcb: { brand: "jcb", last4: "0505", funding: "credit" },
    pm_card_unionpay: { brand: "unionpay", last4: "0005", funding: "credit" },
    pm_card_us: visa("4242"),
    pm_card_bypassPending: visa("0077", { available: true }),
    pm_card_pendingRefund: visa("7726", { refund: "pending_then_succeeded" }),
    pm_card_refundFail: visa("5126", { refund: "succeeded_then_failed" }),
    pm_card_createDispute: visa("0259", { dispute: { reason: "fraudulent", inquiry: false } }),
    pm_card_createDisputeProductNotReceived: visa("2685", {
      dispute: { reason: "product_not_received", inquiry: false },
    }),
    pm_card_createDisputeInquiry: visa("1976", {
      dispute: { reason: "fraudulent", inquiry: true },
    }),
    pm_card_riskLevelElevated: visa("9235", { risk: "elevated" }),
    pm_card_riskLevelHighest: visa("4954", {
      risk: "highest",
      decline: declines.Fraudulent?.[1] as Decline,
    }),
    pm_card_radarBlock: visa("0019", {
      risk: "highest",
      decline: declines.Fraudulent?.[1] as Decline,
    }),
    pm_card_chargeCustomerFail: visa("0341", { decline: GENERIC, setsUp: true }),
    pm_card_authenticationRequired: visa("3184", { authentication: "always" }),
    pm_card_authenticationRequiredOnSetup: visa("3155", { authentication: "until_set_up" }),
    pm_card_authenticationRequiredSetupForOffSession: visa("3155", {
      authentication: "until_set_up",
    }),
    pm_card_authenticationRequiredChargeDeclinedInsufficientFunds: visa("3178", {
      authentication: "always",
      decline: FUNDS,
      setsUp: true,
    }),
    pm_card_threeDSecureRequired: visa("3063", { authentication: "always" }),
    pm_card_threeDSecure2Required: visa("3220", { authentication: "always" }),
    pm_card_threeDSecureOptional: visa("3055"),
    pm_card_threeDSecureRequiredChargeDeclined: visa("1629", {
      authentication: "always",
      decline: GENERIC,
      setsUp: true,
    }),
  }),
);
// Stripe names some with the brand and some without; here both forms of each are known.
for (const [suffix, [last4, why]] of Object.entries(declines)) {
  CARDS.set(`pm_card_visa_chargeDeclined${suffix}`, visa(last4, { decline: why }));
  CARDS.set(`pm_card_chargeDeclined${suffix}`, visa(last4, { decline: why }));
}

export function testCard(name: string): TestCard | undefined {
  return CARDS.get(name);
}

/** The card behind a stored payment method. */
export function cardOf(name: string): TestCard {
  return CARDS.get(name) ?? visa("4242");
}
