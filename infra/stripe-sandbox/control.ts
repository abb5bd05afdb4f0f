// The routes that Stripe does not have: faults, ledger, 3-D Secure, the page.
import { finishAuthentication } from "./confirm.ts";
import { money } from "./control-money.ts";
import type { Faults } from "./faults.ts";
import { parseForm } from "./form.ts";
import { ledgerOf } from "./ledger.ts";
import { challengePage, newestPage } from "./pages.ts";
import { shape } from "./render.ts";
import { finishSetup } from "./setups.ts";
import type { Store } from "./store.ts";

export interface ControlAnswer {
  readonly status: number;
  readonly type: "application/json" | "text/html; charset=utf-8";
  readonly body: string;
  readonly location?: string;
}

/** undefined: no such route. */
export function control(
  store: Store,
  faults: Faults,
  method: string,
  url: string,
  body: string,
): ControlAnswer | undefined {
  const { pathname, searchParams } = new URL(url, "http://sandbox");
  switch (`${method} ${pathname}`) {
    case "GET /":
      return html(newestPage(store));
    case "GET /_health":
      return json(200, { status: "ok" });
    case "GET /_ledger":
      return json(200, ledgerOf(store, searchParams.get("order_id")));
    case "GET /_faults":
      return json(200, { faults: faults.list() });
    case "DELETE /_faults":
      faults.clear();
      return json(200, { faults: [] });
    case "POST /_faults":
      return addFault(faults, body);
  }
  const given = money(store, method, pathname, body);
  if (given !== undefined) return json(given.status, given.body);
  if (!pathname.startsWith("/_3ds/")) return undefined;
  return challenge(store, method, pathname.slice("/_3ds/".length), body);
}

function addFault(faults: Faults, body: string): ControlAnswer {
  try {
    return json(201, faults.add(JSON.parse(body)));
  } catch (error) {
    return json(400, { error: { message: (error as Error).message } });
  }
}

function challenge(
  store: Store,
  method: string,
  id: string,
  body: string,
): ControlAnswer | undefined {
  const intent = store.tables.payment_intent.get(id);
  const setup = store.tables.setup_intent.get(id);
  const found = intent ?? setup;
  if (found === undefined) return json(404, { error: { message: `no such intent: ${id}` } });
  if (method === "GET") return html(challengePage(found));
  if (method !== "POST") return undefined;
  const outcome = outcomeOf(body);
  if (outcome !== "success" && outcome !== "fail") {
    return json(400, { error: { message: 'outcome must be "success" or "fail"' } });
  }
  if (found.status !== "requires_action") {
    return json(409, { error: { message: `${id} has a status of ${found.status}` } });
  }
  const success = outcome === "success";
  const answer = intent
    ? json(200, shape("payment_intent", finishAuthentication(store, intent, success)))
    : json(
        200,
        shape("setup_intent", finishSetup(store, setup as NonNullable<typeof setup>, success)),
      );
  // A browser goes back to the shop; a program reads what became of the intent.
  const back = found.action?.returnUrl;
  if (back === undefined || body.startsWith("{")) return answer;
  return { ...answer, status: 303, location: back };
}

function outcomeOf(body: string): unknown {
  try {
    return body.startsWith("{") ? JSON.parse(body).outcome : parseForm(body).outcome;
  } catch {
    return undefined;
  }
}

function json(status: number, value: object): ControlAnswer {
  return { status, type: "application/json", body: JSON.stringify(value) };
}

function html(body: string): ControlAnswer {
  return { status: 200, type: "text/html; charset=utf-8", body };
}
