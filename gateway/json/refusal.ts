/** Why a value is not taken; its place is known where it is read. */
export class Refusal {
  readonly rule: string;
  readonly message: string;

  constructor(rule: string, message: string) {
    this.rule = rule;
    this.message = message;
  }
}
