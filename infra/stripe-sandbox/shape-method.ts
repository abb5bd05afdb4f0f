import type Stripe from "stripe";
import { cardOf } from "./cards.ts";
import type { Method, Shipping } from "./records.ts";

export const CHECKS = {
  address_line1_check: null,
  address_postal_code_check: null,
  cvc_check: "pass",
};
export const BILLING = {
  address: { city: null, country: null, line1: null, line2: null, postal_code: null, state: null },
  email: null,
  name: null,
  phone: null,
  tax_id: null,
} as unknown as Stripe.PaymentMethod.BillingDetails;
// A card that does not expire before this sandbox is forgotten.
export const EXPIRY = { exp_month: 12, exp_year: 2034 };

export function shapeMethod(method: Method): Stripe.PaymentMethod {
  const { brand, last4, funding, authentication } = cardOf(method.card);
  return {
    id: method.id,
    object: "payment_method",
    allow_redisplay: "unspecified",
    billing_details: BILLING,
    card: {
      brand,
      checks: CHECKS,
      country: "US",
      display_brand: brand,
      ...EXPIRY,
      fingerprint: `sandbox${brand}${last4}`,
      funding,
      generated_from: null,
      last4,
      networks: { available: [brand], preferred: null },
      regulated_status: "unregulated",
      three_d_secure_usage: { supported: authentication !== undefined || brand === "visa" },
      wallet: null,
    },
    created: method.created,
    customer: method.customer ?? null,
    customer_account: null,
    livemode: false,
    metadata: {},
    type: "card",
  };
}

export function shapeShipping(
  shipping: Shipping | undefined,
): Stripe.PaymentIntent.Shipping | null {
  if (shipping === undefined) return null;
  const { name, phone, address } = shipping;
  return {
    address: {
      city: address.city ?? null,
      country: address.country ?? null,
      line1: address.line1 ?? null,
      line2: address.line2 ?? null,
      postal_code: address.postal_code ?? null,
      state: address.state ?? null,
    } as Stripe.Address,
    carrier: null,
    name,
    phone: phone ?? null,
    tracking_number: null,
  } as Stripe.PaymentIntent.Shipping;
}
