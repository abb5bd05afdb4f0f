/** SMS by Twilio's REST API: one request, so without its library. */

export interface Sms {
  /** E.164. */
  readonly to: string;
  readonly text: string;
}

/** refused: nothing reaches that number, however often it is tried. */
type SmsOutcome = "sent" | "refused";

/** Throws what may be tried again. */
export type SendSms = (sms: Sms) => Promise<SmsOutcome>;

const LIMIT_MS = 10_000;

/**
 * Twilio's codes of numbers that take nothing: not valid, not reachable, in a country that is not
 * permitted, a landline, or its person has answered STOP.
 */
const REFUSED: ReadonlySet<number> = new Set([
  21_211, 21_214, 21_217, 21_408, 21_610, 21_612, 21_614,
]);

/** @param url `twilio://ACCOUNT_SID:AUTH_TOKEN@api.twilio.com?from=%2B15550100`, as of SMS_URL */
export function twilio(url: string): SendSms {
  const { protocol, username, password, host, searchParams } = new URL(url);
  const scheme = protocol === "twilio+http:" ? "http" : "https";
  const account = decodeURIComponent(username);
  const credentials = `${account}:${decodeURIComponent(password)}`;
  const endpoint = `${scheme}://${host}/2010-04-01/Accounts/${account}/Messages.json`;
  const from = searchParams.get("from") ?? "";
  // A messaging service's id, or a number.
  const sender = from.startsWith("MG") ? { MessagingServiceSid: from } : { From: from };
  return async ({ to, text }) => {
    const response = await fetch(endpoint, {
      method: "POST",
      headers: { authorization: `Basic ${Buffer.from(credentials).toString("base64")}` },
      body: new URLSearchParams({ To: to, Body: text, ...sender }),
      redirect: "error",
      signal: AbortSignal.timeout(LIMIT_MS),
    });
    const answer = (await response.json().catch(() => ({}))) as { code?: number };
    if (response.ok) {
      return "sent";
    }
    if (answer.code !== undefined && REFUSED.has(answer.code)) {
      return "refused";
    }
    throw new Error(`Twilio answered ${response.status}, code ${answer.code ?? "none"}`);
  };
}

/** Whether `twilio` understands it. */
export function isSmsUrl(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return (
    url !== undefined &&
    /^twilio(\+http)?:$/.test(url.protocol) &&
    [url.username, url.password, url.host].every((part) => part !== "") &&
    /^(\+[1-9]\d{6,14}|MG[0-9a-f]{32}|\w{1,11})$/.test(url.searchParams.get("from") ?? "")
  );
}
