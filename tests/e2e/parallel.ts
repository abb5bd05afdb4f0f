/** `count` pieces of work, `width` of them at a time; the results in their order. */
export async function inParallel<T>(
  count: number,
  width: number,
  work: (n: number) => Promise<T>,
): Promise<T[]> {
  const results: T[] = [];
  let next = 0;
  await Promise.all(
    Array.from({ length: width }, async () => {
      while (next < count) {
        const n = next++;
        results[n] = await work(n);
      }
    }),
  );
  return results;
}

/** How many rounds of a long test: `npm run test:full` asks for all of them, the gate for some. */
export function rounds({ gate, full }: { gate: number; full: number }): number {
  return process.env.TEST_ROUNDS === "full" ? full : gate;
}
