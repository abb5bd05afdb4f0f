/** For tests only: what the played product and payment services share. */
/** What the played services did, by order. */
export interface Played {
  readonly calls: string[];
  /** Runs before a call takes effect; throw to refuse or to leave open. */
  before: (call: string, orderId: string) => void | Promise<void>;
  /** Runs after a call took effect; throw to lose its answer. */
  after: (call: string, orderId: string) => void | Promise<void>;
  /** How many of each product the catalogue says there are. */
  stock: number;
  /** What each order holds, was sold, or gave back. */
  readonly reservations: Map<string, "held" | "sold" | "closed">;
  /** Pieces that came back, by order. */
  readonly returned: Map<string, number>;
  readonly payments: Map<string, PlayedPayment>;
  /** What each user has saved. */
  readonly saved: Map<string, string>;
}

export interface PlayedPayment {
  status: "requires_action" | "authorized" | "succeeded" | "closed";
  readonly amount: bigint;
  readonly currency: string;
  refunded: bigint;
  readonly parts: Set<string>;
  disputed: boolean;
}

export async function did<T>(
  played: Played,
  call: string,
  orderId: string,
  effect: () => T,
): Promise<T> {
  await played.before(call, orderId);
  const answer = effect();
  played.calls.push(`${call} ${orderId}`);
  await played.after(call, orderId);
  return answer;
}
