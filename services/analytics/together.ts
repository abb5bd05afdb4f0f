/** One row of each key: those that have it, added. The order of the rows does not matter to `add`. */
export function together<Row>(
  rows: Iterable<Row>,
  keyOf: (row: Row) => string,
  add: (a: Row, b: Row) => Row,
): Row[] {
  const sums = new Map<string, Row>();
  for (const row of rows) {
    const key = keyOf(row);
    const known = sums.get(key);
    sums.set(key, known === undefined ? row : add(known, row));
  }
  return [...sums.values()];
}
