/** Mistakes that the model can be told to make, to see that it would find them in the services. */
export const BREAKS = {
  "no-fence": "statements of a driver do not ask whether the saga's row is still its own",
  "unknown-is-refusal": "a call whose outcome is unknown counts as refused, with nothing to undo",
  "undo-is-dropped": "money or stock of unknown way back counts as given back",
  "no-closed-reservation": "a ReleaseStock that knows no reservation leaves no closed row",
  "confirm-unstored": "an intent is confirmed though another one is stored as the payment's",
  "end-is-rewritten": "a payment's end is recorded though another one was",
  "refund-without-cap": "a refund is noted without asking how much is left",
  "sweeper-guesses": "the sweeper takes a pending order's reservation for over",
  "commit-unheld": "CommitStock books a reservation that was released",
  "stock-read-then-write": "stock is taken without asking again whether it suffices",
  "cancel-unguarded": "a confirmed order is cancelled though it was shipped meanwhile",
  "return-twice": "ReturnStock does not know the returns that it has taken",
} as const;

export type Break = keyof typeof BREAKS;

let broken: Break | undefined;

/** For the model's own tests and `--break`; one mistake at a time. */
export function breaking(name: Break | undefined): void {
  broken = name;
}

export function breaks(name: Break): boolean {
  return broken === name;
}
