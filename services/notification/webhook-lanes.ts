/** How many deliveries are on their way to each endpoint, so that a slow one keeps no others waiting. */

export interface Lanes {
  /** Those to which no more are to be sent now. */
  full(): string[];
  /** Does it, or answers false at once: the endpoint is full. */
  within(endpointId: string, work: () => Promise<void>): Promise<boolean>;
}

export function openLanes(most: number): Lanes {
  const busy = new Map<string, number>();
  const count = (endpointId: string) => busy.get(endpointId) ?? 0;

  function add(endpointId: string, more: 1 | -1): void {
    const now = count(endpointId) + more;
    if (now === 0) {
      busy.delete(endpointId);
    } else {
      busy.set(endpointId, now);
    }
  }

  return {
    full: () => [...busy].filter(([, now]) => now >= most).map(([endpointId]) => endpointId),
    async within(endpointId, work) {
      if (count(endpointId) >= most) {
        return false;
      }
      add(endpointId, 1);
      try {
        await work();
      } finally {
        add(endpointId, -1);
      }
      return true;
    },
  };
}
