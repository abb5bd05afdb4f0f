/** A client as the documentation asks for: whoever does not hear sends the same key again. */
import { type Answer, eventually, printedOrder, type Rest } from "./rest.ts";

interface Wanted {
  readonly key?: string;
  readonly items: readonly { product_id: string; quantity: number }[];
  readonly payment_method?: string;
}

/** Not heard: 0. */
const unheard = { status: 0, headers: new Headers(), body: undefined };
/** How long to go on asking, in milliseconds. */
const PATIENCE_MS = 60_000;

/** Places an order and comes back with what a good client ends with: 2xx, or a refusal. */
export function place(
  buyer: Rest,
  { key, ...wanted }: Wanted,
  patienceMs = PATIENCE_MS,
): Promise<Answer> {
  const headers: Record<string, string> = key === undefined ? {} : { "idempotency-key": key };
  return eventually(
    () =>
      buyer
        .post("/api/v1/orders", { ...printedOrder, user_id: undefined, ...wanted }, headers)
        .catch((error: Error): Answer => ({ ...unheard, text: error.message })),
    ({ status, body }) =>
      status === 201 ||
      (status >= 400 && status < 500 && body?.reason !== "IDEMPOTENCY_IN_PROGRESS"),
    patienceMs,
  );
}
