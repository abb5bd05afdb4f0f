/** One piece of work for each key at a time: who asks while it runs gets the same end. */
export interface Joined<T> {
  run(key: string, work: () => Promise<T>): Promise<T>;
  /** What runs for a key now. */
  running(key: string): Promise<T> | undefined;
}

export function joined<T>(): Joined<T> {
  const running = new Map<string, Promise<T>>();
  return {
    run(key, work) {
      const known = running.get(key);
      if (known !== undefined) {
        return known;
      }
      const started = work().finally(() => running.delete(key));
      running.set(key, started);
      return started;
    },
    running: (key) => running.get(key),
  };
}
