/** A change to one file of a copy of the house. */
interface Edit {
  /** Under the copy. */
  readonly file: string;
  /** Stands exactly once in it: a test holds the list to the code. */
  readonly find: string;
  readonly replace: string;
}

export interface Mutant {
  readonly name: string;
  /** What somebody would have done. */
  readonly what: string;
  readonly edits: readonly Edit[];
}
