// What each process reads of its environment: the schemas that check it when it starts.
import type { z } from "zod";
import { serviceShape } from "#kit/config.ts";
import { gatewayShape } from "../../gateway/config.ts";
import { analyticsShape } from "../../services/analytics/config.ts";
import { notificationShape } from "../../services/notification/config.ts";
import { orderShape } from "../../services/order/config.ts";
import { paymentShape } from "../../services/payment/config.ts";
import { productShape } from "../../services/product/config.ts";
import { userShape } from "../../services/user/config.ts";
import { type ServiceName, services } from "../dev/services.ts";

export type ProgramName = ServiceName | "gateway";

export const programs: readonly ProgramName[] = ["gateway", ...services];

export const shapes: Readonly<Record<ProgramName, z.ZodRawShape>> = {
  gateway: gatewayShape,
  user: { ...serviceShape, ...userShape },
  product: { ...serviceShape, ...productShape },
  order: { ...serviceShape, ...orderShape },
  payment: { ...serviceShape, ...paymentShape },
  notification: { ...serviceShape, ...notificationShape },
  analytics: { ...serviceShape, ...analyticsShape },
};
