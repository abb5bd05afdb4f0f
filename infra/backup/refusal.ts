/** One sentence for the operator: it is not done, and why. */
export class Refusal extends Error {
  override readonly name = "Refusal";
}
