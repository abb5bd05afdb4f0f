import {
  BrokenCircuitError,
  type CircuitBreakerPolicy,
  ConsecutiveBreaker,
  circuitBreaker,
  handleWhen,
} from "cockatiel";
import { Fault } from "#kit/errors.ts";

/** So many failures of one kind of call in a row, with no answer between them. */
const FAILURES = 20;
const REST_MS = 2_000;

/**
 * One breaker for each kind of call: while a provider is dead its callers hear so at once, and
 * one call each two seconds finds out whether it still is.
 */
export function createBreakers(
  isFailure: (error: Error) => boolean,
  restMs = REST_MS,
): <T>(name: string, work: () => Promise<T>) => Promise<T> {
  const breakers = new Map<string, CircuitBreakerPolicy>();
  return async (name, work) => {
    let breaker = breakers.get(name);
    if (!breaker) {
      breaker = circuitBreaker(handleWhen(isFailure), {
        halfOpenAfter: restMs,
        breaker: new ConsecutiveBreaker(FAILURES),
      });
      breakers.set(name, breaker);
    }
    try {
      return await breaker.execute(work);
    } catch (error) {
      if (error instanceof BrokenCircuitError) {
        throw new Fault("DEPENDENCY_DOWN", `${name}: the payment provider does not answer`, {
          retryAfterMs: restMs,
          cause: error,
        });
      }
      throw error;
    }
  };
}
