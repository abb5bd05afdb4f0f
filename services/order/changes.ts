/** Tells those who wait in this process that an order has changed. */
import type { Order } from "./order.ts";

type Listener = (order: Order) => void;

export interface Changes {
  tell(order: Order): void;
  /**
   * The order after its next change, or after the next that `isWanted`; undefined
   * if there was none for `ms` milliseconds.
   */
  next(
    orderId: string,
    ms: number,
    isWanted?: (order: Order) => boolean,
  ): Promise<Order | undefined>;
}

export function changes(): Changes {
  const listeners = new Map<string, Set<Listener>>();
  return {
    tell(order) {
      for (const listener of [...(listeners.get(order.id) ?? [])]) {
        listener(order);
      }
    },
    next(orderId, ms, isWanted = () => true) {
      return new Promise((resolve) => {
        const waiting = listeners.get(orderId) ?? new Set();
        const end = (order: Order | undefined) => {
          clearTimeout(timer);
          waiting.delete(listener);
          if (waiting.size === 0 && listeners.get(orderId) === waiting) {
            listeners.delete(orderId);
          }
          resolve(order);
        };
        const timer = setTimeout(() => end(undefined), ms);
        const listener: Listener = (order) => {
          if (isWanted(order)) {
            end(order);
          }
        };
        listeners.set(orderId, waiting.add(listener));
      });
    },
  };
}
