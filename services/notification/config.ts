import { z } from "zod";
import { sealingShape } from "#kit/sealing.ts";

/** What this service needs of its environment besides what all do. */
export const notificationShape = {
  SMTP_URL: z
    .url({ protocol: /^smtps?$/, error: "must be an smtp:// address" })
    .describe("The mail server: smtp://user:password@host:port."),
  MAIL_FROM: z
    .string()
    .default("Tradepost <shop@tradepost.dev>")
    .describe("The sender that mails name."),
  SUPPORT_MAIL: z
    .email()
    .default("support@tradepost.dev")
    .describe("Who is told of disputed charges; whoever signs up with it has them in the inbox."),
  PUBLIC_URL: z
    .url({ protocol: /^https?$/, error: "must be an http(s):// address" })
    .default("http://localhost:8080")
    .describe("Where people reach the gateway; mails lead there to unsubscribe."),
  MAIL_RATE: z.coerce.number().int().min(1).max(1_000).default(20).describe("Mails a second."),
  ...sealingShape,
  WEBHOOK_PRIVATE_ADDRESSES: z
    .enum(["allow", "refuse"])
    .default("refuse")
    .describe("allow: webhooks also go over http and to private addresses, in development."),
};
