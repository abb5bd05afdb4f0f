import { z } from "zod";

/** What this service needs of its environment besides what all do. */
export const orderShape = {
  CAPTURE: z
    .enum(["AUTOMATIC", "ON_SHIPMENT"])
    .default("AUTOMATIC")
    .describe("When the money of new orders is taken: at the checkout, or at the first :ship."),
  PAYMENT_WAIT_SECONDS: z.coerce
    .number()
    .int()
    .min(1)
    .max(86_400)
    .default(900)
    .describe("How long a payment may wait for its person (3-D Secure)."),
};
