/** Tells those who wait in this process that an order has changed. */
import type { Order } from "./order.ts";

type Listener = (order: Order) => void;

export interface Changes {
  tell(order: Order): void;
  /** The order after its next change; undefined if there was none for `ms` milliseconds. */
  next(orderId: string, ms: number): Promise<Order | undefined>;
}

export function changes(): Changes {
  const listeners = new Map<string, Set<Listener>>();
  return {
    tell(order) {
      const waiting = listeners.get(order.id);
      listeners.delete(order.id);
      for (const listener of waiting ?? []) {
        listener(order);
      }
    },
    next(orderId, ms) {
      return new Promise((resolve) => {
        const waiting = listeners.get(orderId) ?? new Set();
        const timer = setTimeout(() => {
          waiting.delete(listener);
          if (waiting.size === 0 && listeners.get(orderId) === waiting) {
            listeners.delete(orderId);
          }
          resolve(undefined);
        }, ms);
        const listener: Listener = (order) => {
          clearTimeout(timer);
          resolve(order);
        };
        listeners.set(orderId, waiting.add(listener));
      });
    },
  };
}
