import { Fault } from "./errors.ts";
import { type IncomingCall, streamOver } from "./incoming.ts";

/**
 * Passes on what a handler yields and answers, until it is done or its time is. A handler that
 * does not listen to its signal is left alone: its caller has the answer.
 */
export async function* pulled<T, R>(
  handler: AsyncIterable<T> & { [Symbol.asyncIterator](): AsyncIterator<T, R> },
  call: IncomingCall,
  /** Given for streams, which a stopping server ends. */
  stopping: AbortSignal | undefined,
): AsyncGenerator<T, R | undefined> {
  const iterator = handler[Symbol.asyncIterator]();
  let giveUp: (reason: unknown) => void = () => {};
  const onAbort = () => giveUp(call.signal.reason);
  const onStop = () => call.abort(new Fault("SHUTTING_DOWN", "the service is stopping"));
  call.signal.addEventListener("abort", onAbort, { once: true });
  stopping?.addEventListener("abort", onStop, { once: true });
  try {
    if (call.signal.aborted || stopping?.aborted) {
      onStop();
      throw call.signal.reason;
    }
    while (true) {
      const result = await new Promise<IteratorResult<T, R | undefined>>((resolve, reject) => {
        giveUp = (reason) => {
          reason === streamOver ? resolve({ done: true, value: undefined }) : reject(reason);
        };
        iterator.next().then(resolve, reject);
      });
      if (result.done) {
        return result.value;
      }
      yield result.value;
    }
  } finally {
    call.signal.removeEventListener("abort", onAbort);
    stopping?.removeEventListener("abort", onStop);
    if (stopping) {
      // Not awaited: a handler that waits for its next message does not hear it before.
      void iterator.return?.()?.catch(() => {});
    }
  }
}
