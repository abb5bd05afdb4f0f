/** For what no event tells of; a test's own time-out is the limit. */
export async function until(passes: () => Promise<boolean>): Promise<void> {
  while (!(await passes())) {
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
