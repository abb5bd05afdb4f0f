// The ledger file as checkers read it: every movement of money, in the order in which it happened.
import { readFileSync } from "node:fs";

export type MovementType =
  | "authorized"
  | "voided"
  | "captured"
  | "refunded"
  | "refund_failed"
  | "transferred"
  | "transfer_reversed"
  | "paid_out"
  | "payout_canceled"
  | "dispute_withdrawn"
  | "dispute_reinstated";

export interface Movement {
  /** 1, 2, 3 … without a gap. */
  readonly seq: number;
  /** ISO 8601. */
  readonly at: string;
  readonly type: MovementType;
  /** Of the charge, refund, transfer, reversal, payout or dispute. */
  readonly id: string;
  readonly amount: number;
  readonly currency: string;
  readonly intent?: string;
  /** metadata.order_id of what was charged. */
  readonly orderId?: string;
  /** The idempotency key of the request; absent when the sandbox did it by itself. */
  readonly key?: string;
}

/** What had moved in all, in minor units. */
interface Sums {
  authorized: number;
  /** Authorised, and never to be captured. */
  voided: number;
  captured: number;
  /** Without those that failed. */
  refunded: number;
  /** Withdrawn for disputes, and not reinstated. */
  disputed: number;
  transferred: number;
  paidOut: number;
}

export interface Step {
  readonly movement: Movement;
  /** Of this order, with this movement. */
  readonly sums: Readonly<Sums>;
}

export interface LedgerFile {
  readonly movements: readonly Movement[];
  /** By order id; "" has what belongs to no order. */
  readonly orders: ReadonlyMap<string, readonly Step[]>;
}

const EFFECTS = {
  authorized: ["authorized", 1],
  voided: ["voided", 1],
  captured: ["captured", 1],
  refunded: ["refunded", 1],
  refund_failed: ["refunded", -1],
  transferred: ["transferred", 1],
  transfer_reversed: ["transferred", -1],
  paid_out: ["paidOut", 1],
  payout_canceled: ["paidOut", -1],
  dispute_withdrawn: ["disputed", 1],
  dispute_reinstated: ["disputed", -1],
} as const satisfies Record<MovementType, readonly [keyof Sums, 1 | -1]>;

const NOTHING: Sums = {
  authorized: 0,
  voided: 0,
  captured: 0,
  refunded: 0,
  disputed: 0,
  transferred: 0,
  paidOut: 0,
};

/** May be read while the sandbox runs: a line that is not there to its end is left out. */
export function readLedger(path: string): LedgerFile {
  const text = readFileSync(path, "utf8");
  const movements = text
    .slice(0, text.lastIndexOf("\n") + 1)
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Movement);
  const orders = new Map<string, Step[]>();
  for (const [at, movement] of movements.entries()) {
    if (movement.seq !== at + 1) {
      throw new Error(`line ${at + 1} of ${path} has the number ${movement.seq}`);
    }
    const orderId = movement.orderId ?? "";
    const steps = orders.get(orderId) ?? [];
    const [name, sign] = EFFECTS[movement.type];
    const before = steps.at(-1)?.sums ?? NOTHING;
    steps.push({ movement, sums: { ...before, [name]: before[name] + sign * movement.amount } });
    orders.set(orderId, steps);
  }
  return { movements, orders };
}
