/**
 * The word that a table translates into a number of an enum. The contract's rules are to let no
 * numbers in that are none of the table's.
 */
export function wordOf<Word extends string>(
  numbers: Readonly<Record<Word, number>>,
  wanted: number,
): Word {
  const words = Object.keys(numbers) as Word[];
  const word = words.find((one) => numbers[one] === wanted);
  if (word === undefined) {
    throw new Error(`${wanted} is none of ${words.join(", ")}`);
  }
  return word;
}
