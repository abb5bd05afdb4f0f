import { z } from "zod";

/** What docker-compose.yml needs besides what it hands on. */
export const composeShape = {
  POSTGRES_PASSWORD: z
    .string()
    .regex(/^[\w-]{12,}$/, "must be 12 letters, digits, - or _, or more")
    .describe("Of the databases in Compose, which nobody reaches from outside."),
};
