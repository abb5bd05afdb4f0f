/** What the order service asks of the others. */
import type { PaymentServiceDefinition } from "#gen/tradepost/payment/v1/payment.ts";
import type { ProductServiceDefinition } from "#gen/tradepost/product/v1/product.ts";
import type { ClientOf } from "#kit/client.ts";

export type Product = Pick<
  ClientOf<ProductServiceDefinition>,
  "batchGetProducts" | "reserveStock" | "commitStock" | "releaseStock" | "returnStock"
>;

export type Payment = Pick<
  ClientOf<PaymentServiceDefinition>,
  "charge" | "refund" | "capture" | "getDefaultPaymentMethod"
>;
