// The SMS that the mesh sends in development: Twilio's own request and answer, and nothing leaves.
import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";

export interface Text {
  readonly id: string;
  readonly to: string;
  readonly from: string;
  readonly text: string;
  readonly receivedAt: string;
}

export interface Texts {
  /** Newest first. */
  list(to: string | undefined): Text[];
  /** Answers `POST /2010-04-01/Accounts/{sid}/Messages.json` as Twilio does. */
  take(request: IncomingMessage, response: ServerResponse): Promise<void>;
}

const MOST_BYTES = 16_384;
/** Twilio's code of a number that is none. */
const NOT_VALID = 21_211;

/** The last `capacity`, in memory. */
export function createTexts(capacity: number): Texts {
  const texts: Text[] = [];
  return {
    list: (to) => (to === undefined ? [...texts] : texts.filter((text) => text.to === to)),
    async take(request, response) {
      let body = "";
      for await (const chunk of request.setEncoding("utf8")) {
        body += chunk;
        if (body.length > MOST_BYTES) {
          response.writeHead(413, { connection: "close" }).end();
          return;
        }
      }
      const form = new URLSearchParams(body);
      const to = form.get("To") ?? "";
      if (!/^\+[1-9]\d{6,14}$/.test(to)) {
        answer(response, 400, {
          code: NOT_VALID,
          message: "Invalid 'To' Phone Number",
          status: 400,
        });
        return;
      }
      const id = `SM${randomBytes(16).toString("hex")}`;
      const from = form.get("From") ?? form.get("MessagingServiceSid") ?? "";
      const receivedAt = new Date().toISOString();
      texts.unshift({ id, to, from, text: form.get("Body") ?? "", receivedAt });
      texts.splice(capacity);
      answer(response, 201, { sid: id, status: "queued", to, from });
    },
  };
}

function answer(response: ServerResponse, status: number, value: object): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
}
