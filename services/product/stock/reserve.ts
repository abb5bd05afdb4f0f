import type { Db } from "#kit/db.ts";
import type { Fault } from "#kit/errors.ts";
import { holdAll } from "./reserve-store.ts";
import { findReservations } from "./settle-store.ts";
import { decide, type HeldLine, heldLines, type Reservation, type Wish } from "./stock.ts";

type Answer = readonly HeldLine[] | Fault;

/**
 * Reserves for all orders that wait: with one statement when all can have what they ask. When not,
 * those that hold something already are told what, and the others are served in order of arrival.
 * Answers in the order of the wishes.
 */
export async function reserveAll(db: Db, wishes: readonly Wish[]): Promise<(Answer | Error)[]> {
  const answers = new Map<string, Answer>();
  let open = firstOfEach(wishes);
  while (open.length > 0) {
    const attempt = await holdAll(db, open);
    const held = attempt.isHeld ? attempt.reservations : [];
    for (const { orderId, lines } of held) {
      answers.set(orderId, lines);
    }
    open = open.filter(({ orderId }) => !answers.has(orderId));
    const known = open.length > 0 ? await findReservations(db, idsOf(open)) : [];
    for (const reservation of known) {
      answers.set(reservation.orderId, tell(reservation));
    }
    open = open.filter(({ orderId }) => !answers.has(orderId));
    if (!attempt.isHeld && known.length === 0) {
      const { granted, refused } = decide(open, attempt.shelves);
      if (refused.length === 0) {
        throw new Error(`stock was short for ${idsOf(open)}, and yet suffices`);
      }
      for (const { wish, fault } of refused) {
        answers.set(wish.orderId, fault);
      }
      open = [...granted];
    }
  }
  return wishes.map(({ orderId }) => answers.get(orderId) as Answer);
}

/** Two calls for one order are one wish, with the lines of the first. */
function firstOfEach(wishes: readonly Wish[]): Wish[] {
  return [...new Map(wishes.toReversed().map((wish) => [wish.orderId, wish])).values()].reverse();
}

function idsOf(wishes: readonly Wish[]): string[] {
  return wishes.map(({ orderId }) => orderId);
}

function tell(reservation: Reservation): Answer {
  try {
    return heldLines(reservation);
  } catch (fault) {
    return fault as Fault;
  }
}
