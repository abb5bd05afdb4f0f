/** In the order of their ports. */
export const services = [
  "user",
  "product",
  "order",
  "payment",
  "notification",
  "analytics",
] as const;

export type ServiceName = (typeof services)[number];
