import { Fault, invalidField } from "#kit/errors.ts";

/** One product and how many of it an order asks for. */
export interface Line {
  readonly productId: string;
  readonly quantity: number;
}

/** What an order asks to be held. */
export interface Wish {
  readonly orderId: string;
  readonly lines: readonly Line[];
}

/** Goods of an order that came back. */
export interface Return {
  readonly id: string;
  readonly orderId: string;
  readonly lines: readonly Line[];
}

/** A line as it is held: named and priced at that moment. `amount` is in minor units. */
export interface HeldLine extends Line {
  readonly merchantId: string;
  readonly name: string;
  readonly currency: string;
  readonly amount: string;
}

export interface Reservation {
  readonly orderId: string;
  readonly state: "held" | "committed" | "released";
  readonly lines: readonly HeldLine[];
}

/** What is on the shelf of a product that is on sale; of any other nothing is known. */
export interface Shelf {
  readonly productId: string;
  readonly available: bigint;
  readonly currency: string;
}

export interface Decision {
  readonly granted: readonly Wish[];
  readonly refused: readonly { readonly wish: Wish; readonly fault: Fault }[];
}

/** A reservation names each product once, so that a row is asked once whether it suffices. */
export function checkLines(lines: readonly Line[]): void {
  const seen = new Set<string>();
  for (const [index, { productId }] of lines.entries()) {
    if (seen.has(productId)) {
      throw invalidField(`lines[${index}].productId`, "is named twice", "lines.unique");
    }
    seen.add(productId);
  }
}

/**
 * Who gets what when not all can have what they ask: in order of arrival, each wish whole or not
 * at all. One that is refused takes nothing from those behind it.
 */
export function decide(wishes: readonly Wish[], shelves: readonly Shelf[]): Decision {
  const left = new Map(shelves.map((shelf) => [shelf.productId, { ...shelf }]));
  const granted: Wish[] = [];
  const refused: Decision["refused"][number][] = [];
  for (const wish of wishes) {
    const fault = refusal(wish, left);
    if (fault) {
      refused.push({ wish, fault });
      continue;
    }
    granted.push(wish);
    for (const { productId, quantity } of wish.lines) {
      const shelf = left.get(productId) as Shelf;
      left.set(productId, { ...shelf, available: shelf.available - BigInt(quantity) });
    }
  }
  return { granted, refused };
}

function refusal({ lines }: Wish, left: ReadonlyMap<string, Shelf>): Fault | undefined {
  const missing = lines.find(({ productId }) => !left.has(productId));
  if (missing) {
    return notFound(missing.productId);
  }
  const [first, ...currencies] = new Set(lines.map((line) => left.get(line.productId)?.currency));
  if (currencies.length > 0) {
    return new Fault("MIXED_CURRENCIES", `one order, one currency: ${[first, ...currencies]}`);
  }
  for (const { productId, quantity } of lines) {
    const available = left.get(productId)?.available ?? 0n;
    if (available < quantity) {
      return outOfStock(productId, `${quantity} asked, ${available} left`);
    }
  }
  return undefined;
}

/** What an order that has a reservation already is told. */
export function heldLines({ orderId, state, lines }: Reservation): readonly HeldLine[] {
  if (state === "released") {
    throw closed(orderId);
  }
  return lines;
}

export function closed(orderId: string): Fault {
  return new Fault("RESERVATION_CLOSED", `the reservation of order ${orderId} is closed`, {
    metadata: { orderId },
  });
}

export function outOfStock(productId: string, detail: string): Fault {
  return new Fault("OUT_OF_STOCK", `${productId}: ${detail}`, { metadata: { productId } });
}

export function notFound(productId: string): Fault {
  return new Fault("PRODUCT_NOT_FOUND", `no product ${productId}`, { metadata: { productId } });
}
