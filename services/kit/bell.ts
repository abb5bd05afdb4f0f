/** Wakes one sleeper; a ring while nobody sleeps is heard by the next one. */
export interface Bell {
  readonly ring: () => void;
  /** Until it rings, or so long. */
  wait(ms: number): Promise<void>;
  /** So long, however often it rings, unless it is muted. */
  pause(ms: number): Promise<void>;
  /** From now on nobody sleeps. */
  mute(): void;
}

export function createBell(): Bell {
  let rung = false;
  let muted = false;
  let wakeWaiting = () => {};
  let wakeAny = () => {};

  function sleep(ms: number, keepWake: (wake: () => void) => void): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      const wake = () => {
        clearTimeout(timer);
        resolve();
      };
      wakeAny = wake;
      keepWake(wake);
    });
  }

  return {
    ring() {
      rung = true;
      wakeWaiting();
    },
    async wait(ms) {
      if (!rung && !muted) {
        await sleep(ms, (wake) => {
          wakeWaiting = wake;
        });
      }
      rung = false;
    },
    async pause(ms) {
      if (!muted && ms > 0) {
        await sleep(ms, () => {});
      }
    },
    mute() {
      muted = true;
      wakeAny();
    },
  };
}

/** Calls `act` at once, and again after `ms` for all calls that came meanwhile. */
export function atMostEach(ms: number, act: () => void): () => void {
  let resting = false;
  let again = false;
  const begin = () => {
    resting = true;
    again = false;
    act();
    setTimeout(() => {
      resting = false;
      if (again) {
        begin();
      }
    }, ms).unref();
  };
  return () => {
    if (resting) {
      again = true;
    } else {
      begin();
    }
  };
}
