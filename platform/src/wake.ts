/** Wakes who waits, now or when he next begins to wait. */
export function createWake() {
  let rung = false;
  let wake: (() => void) | undefined;
  return {
    ring: () => {
      rung = true;
      wake?.();
    },
    /** Resolves when it was rung since the last time, after so many milliseconds, or when the signal aborts. */
    rung: (milliseconds: number, signal: AbortSignal): Promise<void> =>
      new Promise((resolve) => {
        let timer: NodeJS.Timeout | undefined;
        const done = () => {
          rung = false;
          wake = undefined;
          clearTimeout(timer);
          signal.removeEventListener('abort', done);
          resolve();
        };
        if (rung || signal.aborted) return done();
        timer = setTimeout(done, milliseconds);
        wake = done;
        signal.addEventListener('abort', done, { once: true });
      }),
  };
}

export type Wake = ReturnType<typeof createWake>;
