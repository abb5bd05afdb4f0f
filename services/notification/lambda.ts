import { lambdaHandler } from "./lambda-handler.ts";

/** What Lambda calls; an environment that is wrong ends the instance's start. */
export const { handler } = lambdaHandler(process.env);
